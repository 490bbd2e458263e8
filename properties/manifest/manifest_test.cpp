#include "properties/manifest/manifest.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "checker/scenario/yaml.hpp"

namespace plimsoll::manifest {
namespace {

const std::string cluster = R"(apiVersion: v1
kind: Node
metadata:
  name: node-a
  labels: {zone: west, node-role.kubernetes.io/worker: ''}
  annotations:
    flannel.alpha.coreos.com/public-ip: 192.0.2.1
    flannel.alpha.coreos.com/backend-type: vxlan
spec:
  podCIDR: 10.5.1.0/24
  podCIDRs: [10.5.1.0/24, "fd00:5:1::/64"]
  unschedulable: false
  taints: [{key: gpu, value: yes, effect: NoSchedule}]
status:
  addresses:
    - {type: InternalIP, address: 192.0.2.1}
    - {type: InternalIP, address: "2001:db8::1"}
    - {type: Hostname, address: node-a}
  capacity: {cpu: 4, memory: 8Gi}
  conditions: [{type: Ready, status: "True", reason: KubeletReady}]
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata:
      name: web
      annotations: {plimsoll.dev/requested-ip: 10.5.1.7}
    spec:
      nodeName: node-a
      tolerations: [{key: gpu, operator: Exists}]
      containers:
        - name: web
          image: nginx
          ports: [{containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP, hostPort: 53}]
          resources: {requests: {cpu: 250m}, limits: {memory: 64Mi}}
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: kube-flannel-cfg, namespace: kube-flannel}
    data:
      net-conf.json: |
        {"Network": "10.5.0.0/16"}
---
apiVersion: v1
kind: Namespace
metadata: {name: kube-flannel}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}}
)";

tl::expected<DesiredState, scenario::Error> decoded(const std::string& text, const std::string& file = "f") {
  const auto documents = scenario::parse_yaml(text, file);
  if (!documents) {
    return tl::unexpected(documents.error());
  }
  return decode_manifests(*documents);
}

std::string error_of(const std::string& text) {
  const auto state = decoded(text);
  return state ? "" : state.error().to_string();
}

const std::filesystem::path corpus =
    std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "properties/manifest/corpus";

std::string content_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(manifest_test)

BOOST_AUTO_TEST_CASE(nodes_are_decoded) {
  const auto state = decoded(cluster);
  BOOST_REQUIRE_EQUAL(error_of(cluster), "");
  BOOST_REQUIRE(state->nodes.size() == 1U);
  const Node& node = state->nodes.front();
  BOOST_TEST(node.metadata.name == "node-a");
  BOOST_TEST(node.metadata.space == "");
  BOOST_TEST(value_of(node.metadata.labels, "zone").value() == "west");
  BOOST_TEST(!value_of(node.metadata.labels, "zoo").has_value());
  BOOST_TEST(node.pod_cidrs.size() == 2U);
  BOOST_TEST(to_text(ipv4_pod_cidr(node).value()) == "10.5.1.0/24");
  BOOST_TEST(node.internal_ips.size() == 2U);
  BOOST_TEST(to_text(ipv4_internal_ip(node).value()) == "192.0.2.1");
  BOOST_TEST(to_text(node.public_ip.value()) == "192.0.2.1");
  BOOST_TEST(node.taints.at(0).value == "yes");
  BOOST_TEST(value_of(node.capacity, "cpu").value() == "4");
  BOOST_TEST(node.conditions.at(0).status == "True");
}

BOOST_AUTO_TEST_CASE(pods_are_decoded_from_a_list) {
  const auto state = decoded(cluster);
  BOOST_REQUIRE(state.has_value());
  const Pod& pod = state->pods.at(0);
  BOOST_TEST(pod.metadata.space == "default");
  BOOST_TEST(pod.metadata.name == "web");
  BOOST_TEST(pod.metadata.where.to_string() == "f:25:5");
  BOOST_TEST(pod.node_name == "node-a");
  BOOST_TEST(!pod.host_network);
  BOOST_TEST(to_text(std::get<base::Ipv4>(pod.requested_ip.value())) == "10.5.1.7");
  BOOST_TEST(pod.tolerations.at(0).is_exists);
  const Container& container = pod.containers.at(0);
  BOOST_TEST(container.image == "nginx");
  BOOST_TEST(container.ports.at(0).container_port == 80U);
  BOOST_TEST((container.ports.at(1).protocol == Protocol::udp));
  BOOST_TEST(container.ports.at(1).host_port == 53U);
  BOOST_TEST(value_of(container.requests, "cpu").value() == "250m");
  BOOST_TEST(value_of(container.limits, "memory").value() == "64Mi");
}

BOOST_AUTO_TEST_CASE(other_kinds_are_kept) {
  const auto state = decoded(cluster);
  BOOST_REQUIRE(state.has_value());
  BOOST_TEST(state->namespaces.at(0).metadata.name == "kube-flannel");
  BOOST_TEST(state->config_maps.at(0).metadata.space == "kube-flannel");
  BOOST_TEST(value_of(state->config_maps.at(0).data, "net-conf.json").value() ==
             "{\"Network\": \"10.5.0.0/16\"}\n");
  BOOST_TEST(state->others.at(0).kind == "Service");
  BOOST_TEST(state->others.at(0).metadata.where.line == 49U);
  BOOST_TEST(state->others.at(0).body.find("spec")->find("selector")->find("app")->text == "web");
}

BOOST_AUTO_TEST_CASE(same_names_in_different_namespaces_and_kinds_are_no_duplicates) {
  const std::string pod = "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: c, image: i}]}\nmetadata: ";
  BOOST_TEST(error_of(pod + "{name: p}\n---\n" + pod + "{name: p, namespace: other}\n") == "");
  BOOST_TEST(error_of(pod + "{name: p}\n---\n" + pod + "{name: p, namespace: default}\n") ==
             "f:6:1: Pod 'default/p' is described twice; the first is at 1:1");
  BOOST_TEST(error_of(pod + "{name: p}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: p}\n") == "");
}

BOOST_AUTO_TEST_CASE(bound_pods_need_their_node_only_if_nodes_are_given) {
  const std::string pod =
      "apiVersion: v1\nkind: Pod\nspec: {nodeName: nodeb, containers: [{name: c, image: i}]}\n"
      "metadata: {name: p}\n";
  const std::string node = "---\napiVersion: v1\nkind: Node\nmetadata: {name: node-b}\n";
  BOOST_TEST(error_of(pod) == "");
  BOOST_TEST(error_of(pod + node) ==
             "f:1:1: pod 'p' is bound to node 'nodeb', which no manifest describes, did you mean 'node-b'?");
}

BOOST_AUTO_TEST_CASE(each_bad_manifest_is_refused_as_its_first_line_says) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  BOOST_TEST(paths.size() >= 20U);
  for (const std::filesystem::path& path : paths) {
    const std::string text = content_of(path);
    const std::string mark = "# expect: ";
    BOOST_REQUIRE_MESSAGE(text.starts_with(mark), path.filename());
    const std::string expected = "f:" + text.substr(mark.size(), text.find('\n') - mark.size());
    BOOST_TEST(error_of(text) == expected, path.filename() << ": " << error_of(text));
  }
}

BOOST_AUTO_TEST_CASE(mutated_manifests_are_read_or_refused_with_a_place) {
  int refused_count = 0;
  BOOST_TEST(rc::check("errors of mutated manifests have a line and a sentence", [&refused_count] {
    std::string text = cluster;
    const auto edits = *rc::gen::inRange(1, 4);
    for (int i = 0; i < edits; ++i) {
      const auto offset = *rc::gen::inRange<std::size_t>(0, text.size());
      const auto byte = *rc::gen::elementOf(std::string("[]{}:,-'\" \n01azAZ./"));
      const auto removed = *rc::gen::inRange<std::size_t>(0, 12);
      text.replace(offset, removed, 1, byte);
    }
    const auto state = decoded(text);
    if (!state) {
      ++refused_count;
      RC_ASSERT(state.error().where.line >= 1U);
      RC_ASSERT(!state.error().message.empty());
    }
  }));
  BOOST_TEST(refused_count > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::manifest
