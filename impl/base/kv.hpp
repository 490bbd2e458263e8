// The key-value store's interface, in etcd v3's words: what clients, the store, its spec and its stand-ins
// say to one another.
#pragma once

#include "impl/base/kv_answer.hpp"
#include "impl/base/kv_request.hpp"
