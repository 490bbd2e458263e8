#include "properties/overlay/all_packets/service_agreement.hpp"

#include <algorithm>
#include <utility>

namespace plimsoll::properties::overlay {

ServiceAgreement::ServiceAgreement(std::vector<FlatService> sets, std::vector<std::vector<SetIndex>> rows,
                                   std::vector<FlatAddress> present)
    : sets_(std::move(sets)), rows_(std::move(rows)), present_(std::move(present)), counts_(sets_.size()) {
  const std::size_t services = rows_.empty() ? 0 : rows_.front().size();
  sets_of_.resize(services);
  without_.resize(services);
  for (SetIndex set = 0; set < sets_.size(); ++set) {
    sets_of_[sets_[set].service].push_back(set);
  }
  for (const std::vector<SetIndex>& row : rows_) {
    for (std::size_t service = 0; service < services; ++service) {
      ++(row[service] == no_set ? without_[service] : counts_[row[service]]);
    }
  }
  for (std::uint32_t service = 0; service < services; ++service) {
    most_.push_back(most_of(service));
    differing_ += rows_.size() - count(service, most_.back());
  }
}

std::uint32_t ServiceAgreement::count(std::uint32_t service, SetIndex set) const {
  return set == no_set ? without_[service] : counts_[set];
}

SetIndex ServiceAgreement::most_of(std::uint32_t service) const {
  SetIndex most = no_set;
  std::uint32_t nodes = 0;
  for (const SetIndex set : sets_of_[service]) {
    if (counts_[set] > nodes) {
      most = set;
      nodes = counts_[set];
    }
  }
  // That nobody knows the service is not what it is meant to be while somebody does.
  return most;
}

std::vector<Disagreement> ServiceAgreement::disagreements() const {
  std::vector<Disagreement> found;
  for (std::uint32_t service = 0; service < most_.size(); ++service) {
    const SetIndex most = most_[service];
    if (count(service, most) == rows_.size()) {
      continue;
    }
    for (NodeIndex node = 0; node < rows_.size(); ++node) {
      if (rows_[node][service] != most) {
        found.push_back({node, service, rows_[node][service], most});
      }
    }
  }
  return found;
}

std::vector<GoneEndpoint> ServiceAgreement::gone() const {
  std::vector<GoneEndpoint> found;
  for (std::uint32_t service = 0; service < most_.size(); ++service) {
    if (most_[service] == no_set) {
      continue;
    }
    for (const FlatEndpoint& endpoint : sets_[most_[service]].endpoints) {
      if (!std::ranges::binary_search(present_, endpoint.address)) {
        found.push_back({service, endpoint});
      }
    }
  }
  return found;
}

void ServiceAgreement::set(NodeIndex node, std::uint32_t service, SetIndex to) {
  SetIndex& own = rows_[node][service];
  differing_ -= rows_.size() - count(service, most_[service]);
  --(own == no_set ? without_[service] : counts_[own]);
  own = to;
  ++(own == no_set ? without_[service] : counts_[own]);
  most_[service] = most_of(service);
  differing_ += rows_.size() - count(service, most_[service]);
}

}  // namespace plimsoll::properties::overlay
