// Addresses in described types: encoded as numbers, shown as text.
#pragma once

#include <cstdint>
#include <string>

#include "impl/base/described.hpp"
#include "impl/base/ipv4.hpp"
#include "impl/base/ipv6.hpp"
#include "impl/base/mac.hpp"
#include "impl/base/prefix.hpp"

namespace plimsoll::base {

/// The schema of a type that is one scalar with a text form.
template <class T>
[[nodiscard]] Schema scalar_schema(std::string name) {
  Schema schema{Schema::Kind::scalar, std::move(name), {}, {}};
  schema.scalar_text = [](ByteReader& in) { return to_text(Codec<T>::read(in)); };
  return schema;
}

template <>
struct Codec<Ipv4> {
  static void write(ByteWriter& out, const Ipv4& address) { out.put_unsigned(address.value()); }
  static Ipv4 read(ByteReader& in) { return Ipv4(static_cast<std::uint32_t>(in.get_unsigned())); }
  static Schema make_schema() { return scalar_schema<Ipv4>("ipv4"); }
};

template <>
struct Codec<Ipv6> {
  static void write(ByteWriter& out, const Ipv6& address) {
    for (const std::uint8_t byte : address.bytes()) {
      out.put_raw({reinterpret_cast<const char*>(&byte), 1});
    }
  }
  static Ipv6 read(ByteReader& in) {
    std::array<std::uint8_t, 16> bytes{};
    for (std::uint8_t& byte : bytes) {
      byte = static_cast<std::uint8_t>(in.get_raw(1).front());
    }
    return Ipv6(bytes);
  }
  static Schema make_schema() { return scalar_schema<Ipv6>("ipv6"); }
};

template <>
struct Codec<Mac> {
  static void write(ByteWriter& out, const Mac& mac) {
    for (const std::uint8_t byte : mac.bytes()) {
      out.put_raw({reinterpret_cast<const char*>(&byte), 1});
    }
  }
  static Mac read(ByteReader& in) {
    std::array<std::uint8_t, 6> bytes{};
    for (std::uint8_t& byte : bytes) {
      byte = static_cast<std::uint8_t>(in.get_raw(1).front());
    }
    return Mac(bytes);
  }
  static Schema make_schema() { return scalar_schema<Mac>("mac"); }
};

template <class Address>
struct Codec<Prefix<Address>> {
  static void write(ByteWriter& out, const Prefix<Address>& prefix) {
    encode(out, prefix.address());
    out.put_unsigned(prefix.length());
  }
  static Prefix<Address> read(ByteReader& in) {
    const auto address = decode<Address>(in);
    return Prefix<Address>(address, static_cast<unsigned>(in.get_unsigned()));
  }
  static Schema make_schema() { return scalar_schema<Prefix<Address>>("prefix"); }
};

}  // namespace plimsoll::base
