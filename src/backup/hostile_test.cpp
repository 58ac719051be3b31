// Archives that are damaged or mean harm: refused with a clear message, and nothing is written.
#include <fmt/format.h>

// tidy: allow include - only tests include this fixture
#include "backup/backup_fixture.h"

namespace gantry::backup {
namespace {

struct Entry {
  std::string path;
  std::string bytes;
  char type = '0';
};

std::string padded(const std::string& bytes) {
  return bytes + std::string(tar_padding(static_cast<std::int64_t>(bytes.size())), '\0');
}

// The type of a header, with its sum made right.
std::string with_type(std::string header, char type) {
  std::string& block = header;
  const std::size_t at = block.size() - kTarBlock;
  block[at + 156] = type;
  int sum = 0;
  for (std::size_t i = 0; i < kTarBlock; ++i)
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(block[at + i]);
  const std::string text = fmt::format("{:06o}", sum);
  std::copy(text.begin(), text.end(), block.begin() + static_cast<std::ptrdiff_t>(at) + 148);
  return header;
}

class HostileTest : public HomeTest {
 protected:
  // A whole backup by the look of it: facts, a store, these entries, a manifest of all.
  std::string archive(const std::vector<Entry>& entries) {
    std::vector<Entry> all{{std::string(kFactsFile), facts_}, {"data/gantry.db", "store"}};
    all.insert(all.end(), entries.begin(), entries.end());
    std::string tar;
    std::string manifest;
    for (const Entry& entry : all) {
      const auto size = static_cast<std::int64_t>(entry.bytes.size());
      tar += with_type(tar_header({entry.path, size, 0777}), entry.type) + padded(entry.bytes);
      manifest += manifest_line(sha256_hex(entry.bytes), size, entry.path);
    }
    const auto size = static_cast<std::int64_t>(manifest.size());
    return tar + tar_header({std::string(kManifest), size, 0600}) + padded(manifest);
  }

  std::string packed(const std::string& tar) {
    Packer packer;
    packer.add(tar);
    packer.end_frame();
    return std::move(packer.out());
  }

  // Refused, with nothing written; the message.
  Error refusal(const std::string& bytes) {
    write("evil", bytes);
    const std::string before = tree("");
    const auto restored = restore("evil", "new");
    EXPECT_FALSE(restored.ok());
    EXPECT_EQ(tree(""), before);
    return restored.ok() ? error(Code::Internal, "it was taken") : restored.error();
  }

  std::string facts_ = to_json(Facts{.product = "1.0", .schema = 1, .taken_at = kNow});
};

TEST_F(HostileTest, PathsThatLeadElsewhere) {
  for (const char* path : {"../evil",
                           "home/../../evil",
                           "/etc/evil",
                           "home/..",
                           "home//evil",
                           "home/a/../../../evil",
                           "data/logs/../../../evil",
                           "home/./evil",
                           "home/evil/",
                           "home/",
                           ".",
                           "..",
                           "secrets/x",
                           "data/admin-token",
                           "data/attempts/1/5",
                           "data/lock",
                           "data/gantry.db-wal",
                           "evil",
                           "data/workspaces/1/x",
                           "homes/evil"}) {
    const Error refused = refusal(packed(archive({{path, "x"}})));
    EXPECT_EQ(refused.code, Code::InvalidArgument) << path << ": " << refused.message;
    EXPECT_NE(refused.message.find("the archive is refused"), std::string::npos) << path;
  }
  const Error deep = refusal(packed(archive({{"home/" + std::string(5'000, 'a'), "x"}})));
  EXPECT_EQ(deep.code, Code::InvalidArgument) << deep.message;
}

TEST_F(HostileTest, WhatIsNoFile) {
  const std::pair<char, const char*> kinds[] = {
      {'1', "a link"}, {'2', "a link"}, {'3', "a device"}, {'4', "a device"}, {'5', "a folder"},
      {'6', "a pipe"}, {'L', "else"},   {'S', "else"},     {'g', "else"},     {'\0', "else"}};
  for (const auto& [type, word] : kinds) {
    const Error refused = refusal(packed(archive({{"home/evil", "", type}})));
    EXPECT_EQ(refused.code, Code::InvalidArgument) << type;
    EXPECT_NE(refused.message.find(word), std::string::npos) << refused.message;
  }
}

TEST_F(HostileTest, ExtensionsThatSayTooMuch) {
  for (const std::string& records :
       {std::string("18 linkpath=/etc\n"), std::string("12 path=../\n"), std::string("9 size=-1"),
        std::string("99 path=a\n"), std::string("path=a\n"), std::string("6 uid\n"),
        std::string(70'000, '1')}) {
    const auto size = static_cast<std::int64_t>(records.size());
    const std::string extension = with_type(tar_header({"pax", size, 0600}), 'x') + padded(records);
    std::string tar = archive({});
    tar.insert(3 * kTarBlock, extension + tar_header({"home/a", 0, 0600}));
    EXPECT_NE(refusal(packed(tar)).code, Code::Internal) << records.substr(0, 40);
  }
}

TEST_F(HostileTest, TheSameFileTwice) {
  EXPECT_NE(refusal(packed(archive({{"home/a", "1"}, {"home/a", "2"}}))).message.find("twice"),
            std::string::npos);
  EXPECT_EQ(refusal(packed(archive({{"home/a", "1"}, {"home/a/b", "2"}}))).code,
            Code::FailedPrecondition);
}

TEST_F(HostileTest, MoreThanTheDiskHolds) {
  std::string tar =
      tar_header({std::string(kFactsFile), static_cast<std::int64_t>(facts_.size()), 0600}) +
      padded(facts_);
  tar += tar_header({"data/gantry.db", std::int64_t{1} << 60, 0600});
  Packer packer;
  packer.add(tar);
  for (int i = 0; i < 100; ++i) packer.add(std::string(1 << 20, '\0'));
  packer.end_frame();
  const Error refused = refusal(packer.out());
  EXPECT_EQ(refused.code, Code::ResourceExhausted) << refused.message;
}

TEST_F(HostileTest, ManifestsThatLie) {
  const auto change = [this](const std::string& from, const std::string& to) {
    std::string tar = archive({{"home/a", "good"}});
    const std::size_t at = tar.rfind(from);
    EXPECT_NE(at, std::string::npos);
    tar.replace(at, from.size(), to);
    return refusal(packed(tar)).message;
  };
  EXPECT_NE(change(" 4 home/a", " 4 home/b").find("'home/a' is not as it was"), std::string::npos);
  EXPECT_NE(change(" 4 home/a", " 5 home/a").find("'home/a' is not as it was"), std::string::npos);
  std::string tar = archive({});
  tar.resize(tar.size() - 2 * kTarBlock);  // without the manifest
  EXPECT_NE(refusal(packed(tar)).message.find("manifest is missing"), std::string::npos);
  const std::string entry = tar_header({"secrets/late", 0, 0600});
  EXPECT_NE(refusal(packed(archive({}) + entry)).message.find("manifest is missing"),
            std::string::npos);
  EXPECT_NE(refusal(packed(archive({}) + std::string(1024, '\0') + entry)).message.find("its end"),
            std::string::npos);
}

TEST_F(HostileTest, OfANewerGantry) {
  facts_ = to_json(Facts{.format = 2, .product = "7.1", .taken_at = kNow});
  Error refused = refusal(packed(archive({})));
  EXPECT_EQ(refused.code, Code::FailedPrecondition);
  EXPECT_NE(refused.message.find("made by Gantry 7.1"), std::string::npos) << refused.message;
  facts_ = to_json(Facts{.product = "7.1", .schema = 1'000, .taken_at = kNow});
  refused = refusal(packed(archive({})));
  EXPECT_EQ(refused.code, Code::FailedPrecondition);
  EXPECT_NE(refused.message.find("format 1000"), std::string::npos) << refused.message;
}

TEST_F(HostileTest, CutShortAnywhere) {
  const std::string whole = read(base_name(take("b", false, true)));
  const std::size_t end = whole.size() - archive_end().size();
  // Between the parts it is a whole backup without secrets.
  const std::string first = read(base_name(take("c", false)));
  const std::size_t middle = first.size() - archive_end().size();
  for (std::size_t size = 0; size < end; size += size % 512 == 0 ? 1 : 37) {
    if (size == middle) continue;
    const Error refused = refusal(whole.substr(0, size));
    ASSERT_EQ(refused.code, Code::DataLoss) << size << ": " << refused.message;
  }
}

// A few bits of zstd mean nothing; then all is as it was.
TEST_F(HostileTest, ABitFlippedAnywhere) {
  const std::string whole = read(base_name(take("b", false)));
  const std::size_t end = whole.size() - archive_end().size();
  const auto sums_of = [](const Contents& contents) {
    std::string sums = to_json(contents.facts);
    for (const ArchivedFile& file : contents.files)
      sums += fmt::format("{:o} ", file.mode) + manifest_line(file.sha256, file.size, file.path);
    return sums;
  };
  const std::string sums = sums_of(*read_archive(path("b"), 1 << 30));
  int refused = 0;
  for (std::size_t at = 0; at < end; at += 11) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
    write("flipped", flipped);
    const auto contents = read_archive(path("flipped"), 1 << 30);
    if (contents.ok()) {
      EXPECT_EQ(sums_of(*contents), sums) << at;
      continue;
    }
    ++refused;
    ASSERT_EQ(contents.error().code, Code::DataLoss) << at << ": " << contents.error().message;
  }
  EXPECT_GE(refused, static_cast<int>(end / 11) - 5);
}

TEST_F(HostileTest, WhatIsNoArchive) {
  for (const std::string& bytes :
       {std::string(), std::string("hello"), std::string(100'000, '\0'), packed(""),
        packed("hello"), packed(std::string(2'048, '\0')), packed(std::string(512, 'x'))})
    EXPECT_EQ(refusal(bytes).code, Code::DataLoss);
  EXPECT_FALSE(restore("absent", "new").ok());
}

}  // namespace
}  // namespace gantry::backup
