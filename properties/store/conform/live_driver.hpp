// Random operation sequences, sent to a running etcd and to the references: `plimsoll conform etcd`.
#pragma once

#include <span>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"
#include "properties/conformance/report.hpp"
#include "properties/store/conform/duel.hpp"

namespace plimsoll::properties::store {

struct LiveReport {
  ConformanceReport report = {};  ///< its unit is a sequence; a failure's line is the sequence's number
  Seen seen = {};
};

/// Plays the sequences of the request against each reference in turn: sequence n against reference
/// n modulo their number. The first difference is reduced to a sequence of which no part can be left out, and
/// ends the run.
/// Error: the endpoint does not answer, or is in use.
[[nodiscard]] tl::expected<LiveReport, scenario::Error> compare_with_etcd(const LiveRequest& request);

/// The same with each of a few kinds of reference: those of a test, which has wrong ones.
[[nodiscard]] tl::expected<LiveReport, scenario::Error> compare_with_etcd(
    const LiveRequest& request, std::span<const ReferenceKind> references);

/// As a row of the table of conformance kinds wants it.
[[nodiscard]] ConformanceResult judge_by_etcd(const LiveRequest& request);

}  // namespace plimsoll::properties::store
