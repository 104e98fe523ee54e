// The main() that turns a libFuzzer target into an ordinary test: runs it on
// the files given as arguments, their prefixes and a thousand mutations of
// them. Always the same ones: what fails once fails always.
//
//   cc_test(
//       name = "reader_fuzz_test",
//       srcs = ["reader_fuzz.cc"],  # defines LLVMFuzzerTestOneInput()
//       args = ["$(locations :corpus)"],
//       data = [":corpus"],
//       deps = [":reader", "//lib/testing:fuzz_driver"],
//   )
//
// To fuzz in earnest: tools/dev/fuzz.sh lib/tar/reader_fuzz.cc 60

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr int kMutations = 1000;
constexpr int kPrefixes = 300;

void RunOn(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()),
                         input.size());
}

// One to eight changes of a byte, of a run of bytes, or of the length.
std::string Mutated(std::string input, std::mt19937& random) {
  const auto below = [&](size_t n) { return n == 0 ? 0 : random() % n; };
  for (size_t changes = 1 + below(8); changes > 0 && !input.empty();
       --changes) {
    const size_t at = below(input.size());
    const size_t length = std::min(1 + below(16), input.size() - at);
    switch (below(6)) {
      case 0:
        input[at] = static_cast<char>(random());
        break;
      case 1:
        input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
        break;
      case 2:
        input.erase(at, length);
        break;
      case 3:
        input.insert(below(input.size()), input.substr(at, length));
        break;
      case 4:
        input.replace(at, length, std::string(length, "\0\xff 9"[below(4)]));
        break;
      case 5:
        input.insert(at, 1, "\n\\\"=:/.@"[below(8)]);
        break;
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  std::mt19937 random(1);
  RunOn("");
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "cannot open \"%s\"\n", argv[i]);
      return 1;
    }
    const std::string input((std::istreambuf_iterator<char>(file)),
                            std::istreambuf_iterator<char>());
    RunOn(input);
    const size_t step = std::max<size_t>(1, input.size() / kPrefixes);
    for (size_t size = 0; size < input.size(); size += step) {
      RunOn(input.substr(0, size));
    }
    for (int n = 0; n < kMutations; ++n) RunOn(Mutated(input, random));
  }
  return 0;
}
