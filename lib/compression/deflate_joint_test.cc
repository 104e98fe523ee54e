#include "lib/compression/deflate_joint.h"

#include <random>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "zlib.h"

namespace rules_dockerfile {
namespace {

Bytef* Bytes(absl::string_view view) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(view.data()));
}

struct Deflater {
  const char* name;
  int level;
  int strategy;
};

// A complete stream of `data`.
std::string Deflate(absl::string_view data, const Deflater& deflater) {
  z_stream stream = {};
  // A small memory level makes many blocks.
  EXPECT_EQ(deflateInit2(&stream, deflater.level, Z_DEFLATED, -MAX_WBITS, 1,
                         deflater.strategy),
            Z_OK);
  std::string bytes(2 * data.size() + 1000, '\0');
  stream.next_in = Bytes(data);
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = Bytes(bytes);
  stream.avail_out = static_cast<uInt>(bytes.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

std::string Open(std::string stream, size_t data_size) {
  const size_t size = stream.size();
  stream.resize(size + kDeflateJointSize);
  stream.resize(OpenDeflateStream(stream.data(), size, data_size));
  return stream;
}

// What one stream of `bytes` has, to its end.
std::string Inflate(absl::string_view bytes, size_t max_size) {
  z_stream stream = {};
  EXPECT_EQ(inflateInit2(&stream, -MAX_WBITS), Z_OK);
  std::string data(max_size + 1, '\0');
  stream.next_in = Bytes(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = Bytes(data);
  stream.avail_out = static_cast<uInt>(data.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0u);
  data.resize(stream.total_out);
  inflateEnd(&stream);
  return data;
}

// From all alike to noise, by how many letters there are.
std::string Data(size_t size, int letters, int seed) {
  std::mt19937 random(seed);
  std::string data(size, '\0');
  for (char& c : data) c = static_cast<char>(random() % letters);
  return data;
}

class DeflateJointTest : public testing::TestWithParam<Deflater> {};

TEST_P(DeflateJointTest, LetsAnotherStreamFollow) {
  const std::string next = "what follows";
  for (const int letters : {1, 2, 3, 17, 256}) {
    // Around 64 KiB and its multiples, where the reader's buffer is full.
    for (const size_t size : {0, 1, 2, 3, 4, 5, 100, 10000, 65534, 65535, 65536,
                              65537, 65538, 131072}) {
      const std::string data = Data(size, letters, 1);
      const std::string joined =
          Open(Deflate(data, GetParam()), size) + Deflate(next, GetParam());
      EXPECT_TRUE(Inflate(joined, size + next.size()) == data + next)
          << letters << " letters, " << size << " bytes";
    }
  }
}

TEST_P(DeflateJointTest, JoinsManyStreams) {
  std::string joined;
  std::string all;
  for (int i = 0; i < 200; ++i) {
    const std::string data = Data(37 * i, 1 + i % 50, i);
    joined += Open(Deflate(data, GetParam()), data.size());
    all += data;
  }
  joined += Deflate("", GetParam());
  EXPECT_TRUE(Inflate(joined, all.size()) == all);
}

INSTANTIATE_TEST_SUITE_P(DeflateJoint, DeflateJointTest,
                         testing::ValuesIn<Deflater>({
                             {"Stored", 0, Z_DEFAULT_STRATEGY},
                             {"Fixed", 6, Z_FIXED},
                             {"Fastest", 1, Z_DEFAULT_STRATEGY},
                             {"Default", 6, Z_DEFAULT_STRATEGY},
                             {"HuffmanOnly", 6, Z_HUFFMAN_ONLY},
                         }),
                         [](const auto& info) { return info.param.name; });

TEST(DeflateJoint, FillsTheLastByteWhateverIsLeftOfIt) {
  // A fixed block of literals below 144 takes 10 bits and 8 for each; of those
  // above, 9: nine streams end at each bit of a byte.
  std::set<size_t> growth;
  for (int i = 0; i < 8; ++i) {
    const std::string data(i, '\xff');
    const std::string stream =
        Deflate(data, {.name = "", .level = 6, .strategy = Z_FIXED});
    growth.insert(Open(stream, data.size()).size() - stream.size());
  }
  EXPECT_EQ(growth, (std::set<size_t>{4, 5}));
}

TEST(DeflateJointDeathTest, RefusesAStreamOfOtherData) {
  std::string stream =
      Deflate("data", {.name = "", .level = 6, .strategy = Z_FIXED});
  EXPECT_DEATH(Open(stream, 5), "Check failed: stream.total_out == data_size");
  stream.pop_back();
  EXPECT_DEATH(Open(stream, 4), "Check failed: result == ");
}

}  // namespace
}  // namespace rules_dockerfile
