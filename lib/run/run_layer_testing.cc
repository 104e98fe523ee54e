#include "lib/run/run_layer_testing.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/layer_times.h"
#include "lib/run/layer_store.h"
#include "lib/run/run_layer.h"
#include "lib/sandbox/spec/sandbox_spec.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

// Begins as a program for s390x, which is all that the kernel looks at.
std::string ForeignProgram() {
  std::string program(
      "\x7f"
      "ELF\2\2\1",
      7);
  program.resize(16, '\0');
  program.append("\0\2\0\x16", 4);
  program.resize(256, '\0');
  return program;
}

// The layer that every RUN here has below it; all files are of second 1000.
absl::StatusOr<std::string> BaseLayer(bool bare) {
  StringSink sink;
  TarWriter writer(&sink);
  ABSL_ASSIGN_OR_RETURN(const std::string probe,
                        ReadFile("lib/sandbox/testing/probe"));
  struct File {
    const char* path;
    TarEntryType type = TarEntryType::kDirectory;
    std::string data = "";
    uint32_t mode = 0755;
    int64_t uid = 0;
    const char* link = "";
  };
  const std::vector<File> files = {
      {"bin"},
      {"bin/foreign", TarEntryType::kFile, ForeignProgram()},
      {"bin/probe", TarEntryType::kFile, probe},
      {"d"},
      {"d/f", TarEntryType::kFile, "in d", 0644},
      {"d/sub"},
      {"d/sub/x", TarEntryType::kFile, "x", 0644},
      {"dev"},
      {"etc"},
      {"etc/group", TarEntryType::kFile, "root:x:0:\nusers:x:100:app\n", 0644},
      {"etc/passwd", TarEntryType::kFile,
       "root:x:0:0::/root:\napp:x:1000:1000::/home/app:\n", 0644},
      {"f", TarEntryType::kFile, "text", 0644},
      {"hard1", TarEntryType::kFile, "hard", 0644},
      {"hard2", TarEntryType::kHardLink, "", 0644, 0, "hard1"},
      {"link", TarEntryType::kSymlink, "", 0777, 33, "f"},
      {"owned", TarEntryType::kDirectory, "", 0755, 1000},
      {"owned/f", TarEntryType::kFile, "mine", 0600, 1000},
      {"proc"},
      {"run"},
      {"sys"},
      {"tmp", TarEntryType::kDirectory, "", 01777},
  };
  for (const File& file : files) {
    if (bare && !absl::StartsWith(file.path, "bin")) continue;
    ABSL_RETURN_IF_ERROR(
        writer.Add({.path = file.path,
                    .type = file.type,
                    .mode = file.mode,
                    .uid = file.uid,
                    .gid = file.uid,
                    .size = static_cast<int64_t>(file.data.size()),
                    .mtime = 1000,
                    .link_target = file.link},
                   file.data));
  }
  ABSL_RETURN_IF_ERROR(writer.Finish());
  return sink.contents();
}

// One entry of a layer, short.
std::string Show(const LayerEntry& entry) {
  std::string owner;
  if (entry.uid != 0 || entry.gid != 0) {
    owner = absl::StrCat(" ", entry.uid, ":", entry.gid);
  }
  const std::string mode = absl::StrFormat(" %04o", entry.mode);
  switch (entry.type) {
    case LayerEntryType::kWhiteout:
      return absl::StrCat("-", entry.path);
    case LayerEntryType::kOpaque:
      return absl::StrCat("opaque ", entry.path);
    case LayerEntryType::kDirectory:
      return absl::StrCat(entry.path, "/", mode, owner);
    case LayerEntryType::kSymlink:
      return absl::StrCat(entry.path, " -> ", entry.link_target, owner);
    case LayerEntryType::kHardLink:
      return absl::StrCat(entry.path, " = ", entry.link_target);
    case LayerEntryType::kFifo:
      return absl::StrCat(entry.path, "|", mode, owner);
    case LayerEntryType::kCharDevice:
    case LayerEntryType::kBlockDevice:
      return absl::StrCat(entry.path, " ", entry.device_major, ",",
                          entry.device_minor, mode, owner);
    case LayerEntryType::kFile:
      return absl::StrCat(entry.path, mode, owner,
                          entry.xattrs.empty() ? "" : " capability");
  }
  return "";
}

std::string Show(const SnapshotEntry& entry) {
  if (!entry.link_target.empty()) {
    return absl::StrCat("+", entry.path, " = ", entry.link_target);
  }
  std::string text = absl::StrCat("+", entry.path);
  for (const auto& [name, value] : entry.xattrs) {
    absl::StrAppend(&text, " ", name, "=", value);
  }
  return text;
}

// The exec form that runs the probe.
std::string ProbeCommand(absl::string_view commands) {
  return absl::StrCat("[\"/bin/probe\", \"",
                      absl::StrReplaceAll(commands, {{" ", "\", \""}}),
                      "\"]\n");
}

}  // namespace

TestRun::TestRun() {
  static const std::string& layer =
      *new std::string(BaseLayer(/*bare=*/false).value());
  static const std::string& index =
      *new std::string(LayerIndexToText(IndexLayer(layer).value()));
  std::string pattern = absl::StrCat(testing::TempDir(), "/runXXXXXX");
  directory_ = mkdtemp(pattern.data());
  Write("base.tar", layer);
  Write("base.index", index);
  SetStage("/");
}

void TestRun::SetStage(absl::string_view workdir, absl::string_view user) {
  Write("state", absl::StrCat(R"({"args": [], "env": ["PATH=/bin"], )",
                              R"("platform": ")", platform_,
                              R"(", "shell": [], "user": ")", user,
                              R"(", "workdir": ")", workdir, "\"}"));
}

void TestRun::SetPlatform(absl::string_view platform) {
  platform_ = platform;
  SetStage("/");
}

void TestRun::UseBareBase() {
  const std::string layer = BaseLayer(/*bare=*/true).value();
  Write("base.tar", layer);
  Write("base.index", LayerIndexToText(IndexLayer(layer).value()));
}

void TestRun::AddLayers(int number) {
  added_layers_ = number;
  for (const auto& [name, path] :
       {std::pair("file", "d/more"), std::pair("whiteout", "d/.wh.more")}) {
    StringSink sink;
    TarWriter writer(&sink);
    ASSERT_THAT(writer.Add({.path = path, .mode = 0644, .mtime = 1000}, ""),
                absl_testing::IsOk());
    ASSERT_THAT(writer.Finish(), absl_testing::IsOk());
    Write(absl::StrCat(name, ".tar").c_str(), sink.contents());
    Write(absl::StrCat(name, ".index").c_str(),
          LayerIndexToText(IndexLayer(sink.contents()).value()));
  }
}

void TestRun::AddLink(const char* path, const char* target) {
  StringSink sink;
  TarWriter writer(&sink);
  ASSERT_THAT(writer.Add({.path = path,
                          .type = TarEntryType::kSymlink,
                          .mode = 0777,
                          .mtime = 1000,
                          .link_target = target},
                         ""),
              absl_testing::IsOk());
  ASSERT_THAT(writer.Finish(), absl_testing::IsOk());
  Write("layer.tar", sink.contents());
  Write("layer.index", LayerIndexToText(IndexLayer(sink.contents()).value()));
  Keep();
}

absl::Status TestRun::Run(std::optional<SandboxMode> mode,
                          absl::string_view commands) {
  const bool whole = absl::StartsWith(commands, "RUN");
  Write("instruction", whole ? std::string(commands)
                             : absl::StrCat("RUN ", ProbeCommand(commands)));
  options.instruction = Path("instruction");
  options.state = Path("state");
  options.layers = {Path("base.tar")};
  options.indexes = {Path("base.index")};
  for (int i = 0; i < added_layers_; ++i) {
    options.layers.push_back(Path(i % 2 == 0 ? "file.tar" : "whiteout.tar"));
    options.indexes.push_back(
        Path(i % 2 == 0 ? "file.index" : "whiteout.index"));
  }
  for (int i = 0; i < kept_layers_; ++i) {
    options.layers.push_back(Path(absl::StrCat("kept", i, ".tar").c_str()));
    options.indexes.push_back(Path(absl::StrCat("kept", i, ".index").c_str()));
  }
  options.digests.clear();
  for (const auto* paths : {&options.layers, &options.indexes}) {
    for (const std::string& path : *paths) {
      // As Bazel sends them.
      options.digests[path] = DigestHex(DigestOf(ReadFile(path).value()));
    }
  }
  options.mode = mode;
  options.mounts.times = LayerTimes::Of(options.epoch);
  options.layer_out = Path("layer.tar");
  options.index_out = Path("layer.index");
  options.step_out = Path("step");
  RunLayerResult result = MakeRunLayer(options);
  notes = std::move(result.notes);
  return result.status;
}

void TestRun::Keep() {
  const std::string name = absl::StrCat("kept", kept_layers_++);
  Write(absl::StrCat(name, ".tar").c_str(),
        ReadFile(Path("layer.tar")).value());
  Write(absl::StrCat(name, ".index").c_str(),
        ReadFile(Path("layer.index")).value());
}

void TestRun::Use(const LayerStore* store, int64_t limit) {
  options.store = store;
  options.store_limit = limit;
}

std::string TestRun::Output(absl::string_view flags, absl::string_view commands,
                            std::optional<SandboxMode> mode) {
  testing::internal::CaptureStdout();
  const absl::Status status =
      Run(mode, absl::StrCat("RUN ", flags, " ", ProbeCommand(commands)));
  const std::string output = testing::internal::GetCapturedStdout();
  return status.ok() ? output : std::string(status.message());
}

std::string TestRun::Entries() const {
  const absl::StatusOr<LayerIndex> index =
      ParseLayerIndex(ReadFile(Path("layer.index")).value());
  std::vector<std::string> entries;
  for (const LayerEntry& entry : index.value().entries) {
    entries.push_back(Show(entry));
  }
  for (const SnapshotEntry& entry : index.value().snapshot) {
    entries.push_back(Show(entry));
  }
  return absl::StrJoin(entries, ", ");
}

void TestRun::Write(const char* name, absl::string_view text) const {
  ASSERT_THAT(WriteFile(Path(name), text), absl_testing::IsOk());
}

std::string TestRun::Path(const char* name) const {
  return absl::StrCat(directory_, "/", name);
}

}  // namespace rules_dockerfile
