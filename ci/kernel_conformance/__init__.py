"""Packets through clusters made of network namespaces: what ci/kernel-conformance is built of."""
