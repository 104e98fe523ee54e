#include "tools/image_explore/browser.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/explore/image_report.h"
#include "lib/layer/layer_index.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/platform/platform.h"
#include "tools/image_explore/browser_model.h"

namespace rules_dockerfile {
namespace {

LayerEntry File(const std::string& path, int64_t size, int64_t offset) {
  return {.path = path,
          .mode = 0644,
          .size = size,
          .offset = offset,
          .digest = DigestOf(absl::StrCat(path, offset))};
}

LayerEntry Directory(const std::string& path) {
  return {.path = path, .type = LayerEntryType::kDirectory, .mode = 0755};
}

// An image of three layers; names as a malicious one may have them.
ReportInput Input() {
  ReportInput input = {.name = "app"};
  input.layers = {
      {.entries = {Directory("bin"), File("bin/sh", 120000, 512),
                   Directory("var"), Directory("var/lib"),
                   Directory("var/lib/deep"),
                   File("var/lib/deep/file", 3000, 122000)}},
      {.entries = {File("bin/sh", 130000, 512),
                   File("evil\033]0;title\007\u202ename\n", 77, 140000),
                   File("fresh", 5, 150000)}},
      {.entries = {{.path = "var/lib", .type = LayerEntryType::kWhiteout},
                   {.path = "fresh", .type = LayerEntryType::kWhiteout}}}};
  input.config.platform = ParsePlatform("linux/amd64").value();
  for (size_t i = 0; i < input.layers.size(); ++i) {
    const std::string digest = DigestOf(absl::StrCat(i));
    input.config.diff_ids.push_back(digest);
    input.config.history.push_back({.created_by = absl::StrCat("RUN step", i)});
    input.descriptors.push_back(
        {.blob = {.media_type = "application/vnd.oci.image.layer.v1.tar+gzip",
                  .digest = digest,
                  .size = 1000},
         .diff_id = digest});
  }
  return input;
}

std::string RowsOf(const BrowserModel& model) {
  std::string text;
  for (size_t i = 0; i < model.row_count(); ++i) {
    const BrowserRow row = model.Row(i);
    absl::StrAppend(
        &text, std::string(1, row.mark), std::string(row.depth, ' '), row.name,
        row.is_directory ? row.is_open ? "/" : "/+" : "", " ", row.size, "\n");
  }
  return text;
}

TEST(BrowserModel, ShowsTheTreeAfterALayer) {
  const ImageReport report = MakeImageReport(Input()).value();
  BrowserModel model(&report);
  const std::string evil = "evil\\x1b]0;title\\x07\\u202ename\\n 77\n";
  EXPECT_EQ(RowsOf(model), absl::StrCat(" bin/ 130000\n",  //
                                        "  sh 130000\n",   //
                                        " ", evil,         //
                                        "Rfresh 5\n",      //
                                        " var/ 3000\n",    //
                                        "R lib/+ 3000\n"));
  model.SelectLayer(1);
  EXPECT_EQ(RowsOf(model), absl::StrCat(" bin/ 130000\n",  //
                                        "C sh 130000\n",   //
                                        "A", evil,         //
                                        "Afresh 5\n",      //
                                        " var/ 3000\n",    //
                                        "  lib/+ 3000\n"));
  model.ToggleAggregated();
  model.SelectLayer(2);
  EXPECT_EQ(RowsOf(model), absl::StrCat(" bin/ 130000\n",  //
                                        "C sh 130000\n",   //
                                        "A", evil,         //
                                        " var/ 3000\n",    //
                                        "R lib/+ 3000\n"));
}

TEST(BrowserModel, FiltersFoldsAndSorts) {
  const ImageReport report = MakeImageReport(Input()).value();
  BrowserModel model(&report);
  model.SetFilter("DEEP/F");
  model.SetAllOpen(true);
  EXPECT_EQ(RowsOf(model),
            " var/ 3000\nR lib/ 3000\nR  deep/ 3000\nR   file 3000\n");
  EXPECT_EQ(model.PathOf(3), "var/lib/deep/file");
  EXPECT_EQ(model.ParentRow(3), 2);
  EXPECT_EQ(model.ParentRow(0), 0);
  model.ToggleOpen(0);
  EXPECT_EQ(RowsOf(model), " var/+ 3000\n");
  model.SetFilter("");
  model.ToggleMark('R');
  model.ToggleMark(' ');
  EXPECT_EQ(RowsOf(model), "");
  model.ToggleMark(' ');
  model.ToggleOrder();
  model.SetAllOpen(false);
  EXPECT_EQ(
      RowsOf(model),
      " bin/+ 130000\n evil\\x1b]0;title\\x07\\u202ename\\n 77\n var/+ 0\n");
}

TEST(BrowserModel, ShowsAnImageWithoutLayers) {
  ImageReport report;
  BrowserModel model(&report);
  model.SelectLayer(1);
  EXPECT_EQ(model.row_count(), 0);
}

// The tool in its own terminal.
class TerminalRun {
 public:
  TerminalRun(const std::string& term,
              const std::vector<std::string>& arguments, int height,
              int width) {
    master_ = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    EXPECT_GE(master_, 0);
    EXPECT_EQ(grantpt(master_), 0);
    EXPECT_EQ(unlockpt(master_), 0);
    Resize(height, width);
    const std::string name = ptsname(master_);
    child_ = fork();
    if (child_ == 0) Execute(name, term, arguments);
  }
  ~TerminalRun() {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    close(master_);
  }

  void Resize(int height, int width) {
    const winsize size = {.ws_row = static_cast<uint16_t>(height),
                          .ws_col = static_cast<uint16_t>(width)};
    EXPECT_EQ(ioctl(master_, TIOCSWINSZ, &size), 0);
  }

  void Type(absl::string_view keys) {
    EXPECT_EQ(write(master_, keys.data(), keys.size()),
              static_cast<ssize_t>(keys.size()));
  }

  // Reads until the output since the last call has `text`; returns it.
  std::string ReadUntil(absl::string_view text) {
    std::string output;
    const absl::Time deadline = absl::Now() + absl::Minutes(1);
    while (!absl::StrContains(output, text) && absl::Now() < deadline) {
      if (!ReadSome(output)) break;
    }
    EXPECT_TRUE(absl::StrContains(output, text))
        << "expected " << text << " in " << testing::PrintToString(output);
    all_ += output;
    return output;
  }

  // Reads to the end; returns the exit code.
  int Wait() {
    while (ReadSome(all_)) {
    }
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  const std::string& all() const { return all_; }

 private:
  [[noreturn]] static void Execute(const std::string& name,
                                   const std::string& term,
                                   const std::vector<std::string>& arguments) {
    setsid();
    const int slave = open(name.c_str(), O_RDWR);
    for (int fd = 0; fd < 3; ++fd) dup2(slave, fd);
    setenv("TERM", term.c_str(), 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    const std::string program = "tools/image_explore/image_explore";
    std::vector<char*> argv = {const_cast<char*>(program.c_str())};
    for (const std::string& argument : arguments) {
      argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    execv(program.c_str(), argv.data());
    _exit(127);
  }

  bool ReadSome(std::string& output) {
    pollfd ready = {.fd = master_, .events = POLLIN};
    if (poll(&ready, 1, 30'000) != 1) return false;
    char buffer[4096];
    const ssize_t size = read(master_, buffer, sizeof buffer);
    if (size <= 0) return false;  // EIO when the other end is closed
    output.append(buffer, size);
    return true;
  }

  int master_ = -1;
  pid_t child_ = -1;
  std::string all_;
};

std::vector<std::string> WriteInput() {
  const ReportInput input = Input();
  const std::string directory = testing::TempDir();
  const auto write = [&](const std::string& name, const std::string& text) {
    EXPECT_TRUE(WriteFile(absl::StrCat(directory, "/", name), text).ok());
    return absl::StrCat(directory, "/", name);
  };
  std::vector<std::string> arguments = {
      "--name=app",
      "--config=" + write("config.json", ImageConfigToText(input.config))};
  for (size_t i = 0; i < input.layers.size(); ++i) {
    arguments.push_back("--index=" + write(absl::StrCat(i, ".index"),
                                           LayerIndexToText(input.layers[i])));
    arguments.push_back("--descriptor=" +
                        write(absl::StrCat(i, ".json"),
                              LayerDescriptorToText(input.descriptors[i])));
  }
  return arguments;
}

bool HasTerminfo() {
  for (const char* directory :
       {"/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo"}) {
    if (access(absl::StrCat(directory, "/x/xterm").c_str(), R_OK) == 0) {
      return true;
    }
  }
  return false;
}

TEST(ImageExplore, BrowsesInATerminal) {
  if (!HasTerminfo()) GTEST_SKIP() << "the host has no terminfo of xterm";
  TerminalRun run("xterm", WriteInput(), 24, 140);
  run.ReadUntil("q quit");
  EXPECT_TRUE(absl::StrContains(run.all(), "RUN step2"));
  EXPECT_TRUE(absl::StrContains(run.all(), "253 kB stored"));
  EXPECT_TRUE(
      absl::StrContains(run.all(), "evil\\x1b]0;title\\x07\\u202ename\\n"));
  run.Type("\033OA\014");  // up, and all again
  EXPECT_TRUE(absl::StrContains(run.ReadUntil("q quit"), "Layer 1"));
  run.Type("/deep\r+");
  run.ReadUntil("deep/");
  run.Resize(30, 120);
  run.ReadUntil("q quit");
  run.Resize(5, 20);
  run.ReadUntil("expected a terminal");
  run.Type("q");
  EXPECT_EQ(run.Wait(), 0);
  // Nothing of a name came as it is.
  EXPECT_FALSE(absl::StrContains(run.all(), "\033]0;"));
  EXPECT_FALSE(absl::StrContains(run.all(), "\007"));
  EXPECT_FALSE(absl::StrContains(run.all(), "\u202e"));
}

TEST(ImageExplore, RefusesAnUnknownTerminal) {
  TerminalRun run("no-such\033terminal", WriteInput(), 24, 80);
  EXPECT_EQ(run.Wait(), 1);
  EXPECT_EQ(run.all(),
            "image_explore: terminal \"no-such\\x1bterminal\" is unknown\r\n"
            "hint: set TERM to a name that the host's terminfo has, such as "
            "xterm, or use --text\r\n");
}

TEST(ImageExplore, PrintsTextOnRequest) {
  std::vector<std::string> arguments = WriteInput();
  arguments.push_back("--text");
  TerminalRun run("xterm", arguments, 24, 80);
  EXPECT_EQ(run.Wait(), 0);
  EXPECT_TRUE(absl::StrContains(
      run.all(), "shown          130 kB  2 files, 2 directories, 0 links"))
      << run.all();
}

}  // namespace
}  // namespace rules_dockerfile
