#include "impl/store/watch_message.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/base/bytes.hpp"

namespace plimsoll::store {
namespace {

// The encoding itself, by hand, from kv.proto and rpc.proto: a byte of field number and kind, then a number,
// or a length and what it is the length of. Fields at their defaults are left out.

void put_number(base::ByteWriter& out, unsigned field, std::uint64_t number) {
  if (number != 0) {
    out.put_unsigned(field * 8);
    out.put_unsigned(number);
  }
}
void put_message(base::ByteWriter& out, unsigned field, const base::Bytes& message) {
  out.put_unsigned(field * 8 + 2);
  out.put_text(message);
}
void put_text(base::ByteWriter& out, unsigned field, const std::string& text) {
  if (!text.empty()) {
    put_message(out, field, text);
  }
}

base::Bytes encoded(const kv::KeyValue& kv) {
  base::ByteWriter out;
  put_text(out, 1, kv.key);
  put_number(out, 2, kv.create_revision.value);
  put_number(out, 3, kv.mod_revision.value);
  put_number(out, 4, kv.version);
  put_text(out, 5, kv.value);
  put_number(out, 6, kv.lease.value);
  return std::move(out).bytes();
}
base::Bytes encoded(const kv::Event& event) {
  base::ByteWriter out;
  put_number(out, 1, event.type == kv::EventType::put ? 0 : 1);
  put_message(out, 2, encoded(event.kv));
  if (event.prev_kv) {
    put_message(out, 3, encoded(*event.prev_kv));
  }
  return std::move(out).bytes();
}
base::Bytes encoded(const kv::WatchResponse& response) {
  base::ByteWriter header;
  put_number(header, 3, response.revision.value);
  base::ByteWriter out;
  put_message(out, 1, std::move(header).bytes());
  put_number(out, 2, response.watch.value);
  put_number(out, 3, response.created ? 1 : 0);
  put_number(out, 4, response.canceled ? 1 : 0);
  put_number(out, 5, response.compact_revision ? response.compact_revision->value : 0);
  put_number(out, 7, response.fragment ? 1 : 0);
  for (const kv::Event& event : response.events) {
    put_message(out, 11, encoded(event));
  }
  return std::move(out).bytes();
}

rc::Gen<kv::KeyValue> any_key_value() {
  const auto any_number = rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(0, 300),
                                         rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 62U));
  return rc::gen::map(rc::gen::tuple(rc::gen::arbitrary<std::string>(), rc::gen::arbitrary<std::string>(),
                                     any_number, any_number, any_number, any_number),
                      [](const auto& fields) {
                        const auto& [key, value, created, modified, version, lease] = fields;
                        return kv::KeyValue{key, value, {created}, {modified}, version, {lease}};
                      });
}

kv::WatchResponse any_response() {
  kv::WatchResponse response;
  response.watch = {*rc::gen::inRange<std::uint32_t>(0, 1000)};
  response.revision = {*rc::gen::inRange<std::uint64_t>(0, 100000)};
  const auto kvs = *rc::gen::container<std::vector<kv::KeyValue>>(any_key_value());
  for (const kv::KeyValue& kv : kvs) {
    kv::Event event;
    event.type = *rc::gen::element(kv::EventType::put, kv::EventType::remove);
    event.kv = kv;
    if (*rc::gen::arbitrary<bool>()) {
      event.prev_kv = *any_key_value();
    }
    response.events.push_back(event);
  }
  return response;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watch_message_test)

BOOST_AUTO_TEST_CASE(sizes_are_those_of_the_encoding) {
  const bool agreed = rc::check("as long as the bytes", [] {
    kv::WatchResponse response = any_response();
    response.created = *rc::gen::arbitrary<bool>();
    response.fragment = *rc::gen::arbitrary<bool>();
    if (*rc::gen::arbitrary<bool>()) {
      response.canceled = true;
      response.compact_revision = kv::Revision{*rc::gen::inRange<std::uint64_t>(1, 1000)};
    }
    RC_ASSERT(wire_size(response) == encoded(response).size());
  });
  BOOST_TEST(agreed);
}

BOOST_AUTO_TEST_CASE(parts_are_as_large_as_they_may_be_and_together_the_whole) {
  const bool agreed = rc::check("whatever the limit", [] {
    const kv::WatchResponse whole = any_response();
    const auto bytes_max = *rc::gen::inRange<std::uint64_t>(0, 2 * wire_size(whole) + 2);
    std::vector<kv::WatchResponse> parts = split(whole, bytes_max);
    if (whole.events.size() < 2 || wire_size(whole) < bytes_max) {
      RC_ASSERT(parts == std::vector<kv::WatchResponse>{whole});
      return;
    }
    kv::WatchResponse together = parts.front();
    together.events.clear();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const bool is_last = i + 1 == parts.size();
      RC_ASSERT(parts[i].fragment == !is_last);
      parts[i].fragment = true;
      RC_ASSERT(parts[i].events.size() == 1 || wire_size(parts[i]) < bytes_max);
      if (!is_last) {
        kv::WatchResponse longer = parts[i];
        longer.events.push_back(parts[i + 1].events.front());
        RC_ASSERT(wire_size(longer) >= bytes_max);
      }
      together.events.insert(together.events.end(), parts[i].events.begin(), parts[i].events.end());
    }
    together.fragment = false;
    RC_ASSERT(together == whole);
  });
  BOOST_TEST(agreed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
