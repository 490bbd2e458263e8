#include <algorithm>
#include <utility>

#include "checker/system/datum.hpp"
#include "impl/base/described.hpp"
#include "properties/store/conform/sequence.hpp"

namespace plimsoll::properties::store {
namespace {

/// Without each run of steps that is half as long, a quarter as long, and so on down to one.
void without_steps(const Sequence& sequence, std::vector<Sequence>& simpler) {
  for (std::size_t length = sequence.size() / 2; length > 0; length /= 2) {
    for (std::size_t first = 0; first + length <= sequence.size(); first += length) {
      Sequence shorter = sequence;
      const auto begin = shorter.begin() + static_cast<std::ptrdiff_t>(first);
      shorter.erase(begin, begin + static_cast<std::ptrdiff_t>(length));
      simpler.push_back(std::move(shorter));
    }
  }
}

using Txns = std::vector<kv::TxnRequest>;

/// The list without each of its items.
template <class T>
void without_each(kv::TxnRequest txn, std::vector<T> kv::TxnRequest::* list, Txns& simpler) {
  const std::vector<T> all = txn.*list;
  for (std::size_t i = 0; i < all.size(); ++i) {
    txn.*list = all;
    (txn.*list).erase((txn.*list).begin() + static_cast<std::ptrdiff_t>(i));
    simpler.push_back(txn);
  }
}

Txns simpler_txns(const kv::TxnRequest& txn);

void with_simpler_nested(kv::TxnRequest txn, std::vector<kv::Operation> kv::TxnRequest::* branch,
                         Txns& simpler) {
  const std::vector<kv::Operation> all = txn.*branch;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (const auto* nested = std::get_if<base::Box<kv::TxnRequest>>(&all[i])) {
      for (kv::TxnRequest& inner : simpler_txns(**nested)) {
        txn.*branch = all;
        (txn.*branch)[i] = base::Box<kv::TxnRequest>(std::move(inner));
        simpler.push_back(txn);
      }
    }
  }
}

Txns simpler_txns(const kv::TxnRequest& txn) {
  Txns simpler;
  without_each(txn, &kv::TxnRequest::compares, simpler);
  without_each(txn, &kv::TxnRequest::success, simpler);
  without_each(txn, &kv::TxnRequest::failure, simpler);
  with_simpler_nested(txn, &kv::TxnRequest::success, simpler);
  with_simpler_nested(txn, &kv::TxnRequest::failure, simpler);
  return simpler;
}

/// The request with each of its fields but the first, which says what it is about, at its default.
template <class Request>
std::vector<Request> without_options(const Request& request) {
  std::vector<Request> simpler;
  std::apply(
      [&](const auto& /*first*/, const auto&... fields) {
        const auto reset = [&](const auto& field) {
          Request plain = request;
          plain.*field.member = Request{}.*field.member;
          if (plain != request) {
            simpler.push_back(std::move(plain));
          }
        };
        (reset(fields), ...);
      },
      Request::described_fields());
  return simpler;
}

/// Keys may have any bytes.
std::string printable(const std::string& text) {
  constexpr const char* digits = "0123456789abcdef";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20U && byte < 0x7fU) {
      result.push_back(c);
    } else {
      result += {'\\', 'x', digits[byte >> 4U], digits[byte & 0xfU]};
    }
  }
  return result;
}

std::vector<RequestBody> simpler_requests(const RequestBody& request) {
  std::vector<RequestBody> simpler;
  const auto add = [&](auto requests) {
    for (auto& one : requests) {
      simpler.emplace_back(std::move(one));
    }
  };
  if (const auto* txn = std::get_if<kv::TxnRequest>(&request)) {
    add(simpler_txns(*txn));
  } else if (const auto* range = std::get_if<kv::RangeRequest>(&request)) {
    add(without_options(*range));
  } else if (const auto* put = std::get_if<kv::PutRequest>(&request)) {
    add(without_options(*put));
  }
  return simpler;
}

}  // namespace

std::vector<Sequence> simpler_sequences(const Sequence& sequence) {
  std::vector<Sequence> simpler;
  without_steps(sequence, simpler);
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    if (const auto* request = std::get_if<RequestBody>(&sequence[i])) {
      for (RequestBody& plain : simpler_requests(*request)) {
        simpler.push_back(sequence);
        simpler.back()[i] = std::move(plain);
      }
    }
  }
  return simpler;
}

std::string sequence_text(const Sequence& sequence) {
  std::string text;
  for (const Step& step : sequence) {
    text += printable(checker::to_brief(checker::to_datum(base::schema_of<Step>(), base::to_bytes(step))));
    text += "\n";
  }
  return text;
}

}  // namespace plimsoll::properties::store
