#include "backup/reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "backup/backup_limits.h"
#include "backup/damaged.h"
#include "backup/pack.h"
#include "backup/tar.h"
#include "base/files.h"
#include "base/hash.h"

namespace gantry::backup {

namespace {
// What a backup holds; anything else would be somebody else's idea.
bool is_known(std::string_view path) {
  for (const std::string_view folder : {"home/", "data/versions/", "data/logs/", "secrets/"})
    if (path.starts_with(folder)) return path.size() > folder.size();
  return path == "data/gantry.db" || path == "data/server-id";
}

bool has_dot_part(std::string_view path) {
  return path.starts_with("./") || path.find("/./") != std::string_view::npos ||
         path.ends_with("/.") || path.ends_with("/");
}

// Facts, files, manifest; perhaps the secrets with theirs.
class Check {
 public:
  explicit Check(std::int64_t bytes_max) : bytes_max_(bytes_max) {}

  Status begin(const TarEntry& entry) {
    entry_ = {entry.path, entry.size, entry.mode, {}};
    text_.clear();
    kind_ = kind_of(entry.path);
    switch (kind_) {
      case Kind::Facts: return begin_facts();
      case Kind::Manifest: return begin_manifest();
      case Kind::File: return begin_file();
    }
    return ok();
  }

  Status data(std::string_view bytes) {
    if (kind_ != Kind::Manifest) hash_.add(bytes);
    if (kind_ == Kind::Facts) text_ += bytes;
    return kind_ == Kind::Manifest ? compare(bytes) : ok();
  }

  Status end() {
    if (kind_ == Kind::Manifest) return end_manifest();
    entry_.sha256 = hash_.hex();
    if (kind_ == Kind::Facts) {
      TRY(contents_.facts, parse_facts(text_));
      has_facts_ = true;
    }
    part_.push_back(std::move(entry_));
    return ok();
  }

  Result<Contents> finish() {
    if (manifests_ == 0 || !part_.empty())
      return damaged(
          refuse({"it is cut short, for its manifest is missing", "它不完整，缺少清单"}));
    TRY_STATUS(require_each_once());
    return std::move(contents_);
  }

 private:
  enum class Kind { Facts, Manifest, File };

  static Kind kind_of(std::string_view path) {
    if (path == kFactsFile) return Kind::Facts;
    return path == kManifest || path == kSecretsManifest ? Kind::Manifest : Kind::File;
  }

  Status begin_facts() {
    if (has_facts_) return damaged(refuse({"it says twice what it is", "它两次说明自己的来历"}));
    return entry_.size <= kFactsBytesMax
               ? ok()
               : Status(damaged(refuse({"it says too much of itself", "它对自己的说明过长"})));
  }

  Status begin_file() {
    if (!has_facts_)
      return damaged(refuse(
          {"it does not begin with gantry-backup.json", "它没有以 gantry-backup.json 开头"}));
    const bool of_part = (manifests_ == 0) != entry_.path.starts_with("secrets/");
    if (!is_known(entry_.path) || has_dot_part(entry_.path) || !of_part)
      return refuse({"the archive is refused: '{}' does not belong into a backup",
                     "拒绝该归档：“{}”不属于备份"},
                    printable_path(entry_.path));
    if (contents_.files.size() + part_.size() >= kFilesMax)
      return explain(
          Code::ResourceExhausted,
          {"the archive is refused: it holds more than {} files", "拒绝该归档：文件超过 {} 个"},
          kFilesMax);
    contents_.bytes += entry_.size;
    if (contents_.bytes <= bytes_max_) return ok();
    return explain(Code::ResourceExhausted,
                   {"the backup unpacks to more than the {} MiB that are free there",
                    "备份解开后超过目标处空闲的 {} MiB"},
                   bytes_max_ >> 20);
  }

  Status begin_manifest() {
    const bool first = entry_.path == kManifest;
    if (!has_facts_ || manifests_ != (first ? 0 : 1))
      return damaged(refuse({"its manifests are not in their order", "各清单的次序不对"}));
    line_ = 0;
    return ok();
  }

  // Line by line with the files as they came.
  Status compare(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      const std::string_view piece = bytes.substr(0, end);
      if (text_.size() + piece.size() > kPathBytesMax + 200)
        return damaged(refuse({"its manifest holds a line that is too long", "清单中有过长的行"}));
      text_ += piece;
      if (end == std::string_view::npos) return ok();
      bytes.remove_prefix(end + 1);
      TRY_STATUS(compare_line(text_ + "\n"));
      text_.clear();
    }
    return ok();
  }

  Status compare_line(const std::string& line) {
    if (line_ == part_.size())
      return damaged(refuse({"files of its manifest are missing", "缺少清单中的文件"}));
    const ArchivedFile& file = part_[line_++];
    if (line == manifest_line(file.sha256, file.size, file.path)) return ok();
    return damaged(refuse({"'{}' is not as it was when the backup was taken", "“{}”与备份时不同"},
                          printable_path(file.path)));
  }

  Status end_manifest() {
    if (line_ != part_.size() || !text_.empty())
      return damaged(
          refuse({"it holds files that its manifest does not name", "含有清单中没有的文件"}));
    ++manifests_;
    contents_.with_secrets = manifests_ > 1;
    for (ArchivedFile& file : part_)
      if (file.path != kFactsFile) contents_.files.push_back(std::move(file));
    part_.clear();
    return ok();
  }

  Status require_each_once() const {
    std::vector<std::string_view> paths;
    for (const ArchivedFile& file : contents_.files) paths.push_back(file.path);
    std::sort(paths.begin(), paths.end());
    const auto twice = std::adjacent_find(paths.begin(), paths.end());
    if (twice != paths.end())
      return damaged(refuse({"it holds '{}' twice", "其中有两个“{}”"}, printable_path(*twice)));
    if (std::binary_search(paths.begin(), paths.end(), "data/gantry.db")) return ok();
    return damaged(refuse({"it holds no store", "其中没有数据库"}));
  }

  const std::int64_t bytes_max_;
  Contents contents_;
  std::vector<ArchivedFile> part_;  // that no manifest has confirmed yet
  ArchivedFile entry_;
  Kind kind_ = Kind::File;
  Sha256 hash_;
  std::string text_;  // of the facts, or of a line of the manifest
  std::size_t line_ = 0;
  int manifests_ = 0;
  bool has_facts_ = false;
};

template <typename Taker>
Status parse(const std::string& file, Taker& taker) {
  TRY(const Fd fd, open_file(file, O_RDONLY));
  TarParser parser({[&taker](const TarEntry& entry) { return taker.begin(entry); },
                    [&taker](std::string_view bytes) { return taker.data(bytes); },
                    [&taker] { return taker.end(); }});
  TRY_STATUS(unpack_file(fd.get(), [&](std::string_view bytes) { return parser.feed(bytes); }));
  return parser.finish();
}

class Extraction {
 public:
  Extraction(const Contents& contents, const std::string& folder, const Place& place)
      : contents_(contents), folder_(folder), place_(place) {}

  Status begin(const TarEntry& entry) {
    of_contents_ = next_ < contents_.files.size() && contents_.files[next_].path == entry.path;
    const std::string path = of_contents_ ? place_(entry.path) : std::string();
    if (path.empty()) return ok();
    CHECK(is_inside_path(path));
    const std::string whole = join_path(folder_, path);
    TRY_STATUS(make_directories(parent_path(whole), 0700));
    TRY(file_, open_file(whole, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                         static_cast<mode_t>(entry.mode & 0700)));
    return ok();
  }

  Status data(std::string_view bytes) {
    if (of_contents_) hash_.add(bytes);
    return file_.valid() ? write_all(file_.get(), bytes) : ok();
  }

  Status end() {
    file_.reset();
    if (!of_contents_) return ok();
    if (hash_.hex() == contents_.files[next_++].sha256) return ok();
    return explain(Code::Aborted,
                   {"the archive was changed while it was read", "归档在读取期间被改动"});
  }

  Status finish() const {
    if (next_ == contents_.files.size()) return ok();
    return explain(Code::Aborted,
                   {"the archive was changed while it was read", "归档在读取期间被改动"});
  }

 private:
  const Contents& contents_;
  const std::string& folder_;
  const Place& place_;
  std::size_t next_ = 0;
  bool of_contents_ = false;
  Sha256 hash_;
  Fd file_;
};
}  // namespace

Result<Contents> read_archive(const std::string& file, std::int64_t bytes_max) {
  Check check(bytes_max);
  TRY_STATUS(parse(file, check));
  return check.finish();
}

Status extract_archive(const std::string& file, const Contents& contents, const std::string& folder,
                       const Place& place) {
  Extraction extraction(contents, folder, place);
  TRY_STATUS(parse(file, extraction));
  return extraction.finish();
}

}  // namespace gantry::backup
