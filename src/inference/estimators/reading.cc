#include "inference/estimators/reading.h"

#include <charconv>
#include <type_traits>

#include "inference/estimators/registry.h"

namespace yard::inference::estimators {
namespace {

constexpr size_t kMaxDepth = 32;
constexpr size_t kMaxParts = 10'000;

int ReadNumber(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (!text.empty()) text.remove_prefix(1);
  return error == std::errc() ? number : 0;
}

std::string ClassOf(const formats::Object& estimator) {
  std::string name = estimator.QualifiedName();
  if (!name.empty()) return name;
  return estimator.is(formats::ObjectKind::kString) ? "'" + estimator.text + "'" : "(no object)";
}

/// Only the part at fault is named; the parts around it are innocent.
base::Error Located(base::Error error, const Part& part) {
  if (!error.detail("step").empty()) return error;
  return std::move(error).With({"step", part.path}).With({"class", part.class_name});
}

template <typename Pointer>
auto FindReader(std::string_view class_name) {
  if constexpr (std::is_same_v<Pointer, TransformerPtr>) return FindTransformerReader(class_name);
  if constexpr (std::is_same_v<Pointer, PredictorPtr>) return FindPredictorReader(class_name);
}

base::Error WrongPlace(std::string_view class_name) {
  const bool is_transformer = FindTransformerReader(class_name) != nullptr;
  if (is_transformer) {
    return base::Unimplemented("a model must end in a predictor, and this is a transformer")
        .WithReason("unsupported_class");
  }
  return base::Unimplemented("a predictor stands where a transformer belongs")
      .WithReason("unsupported_class");
}

}  // namespace

SklearnVersion VersionOf(const formats::Object& estimator) {
  const formats::Object* version = formats::FindAttribute(estimator, "_sklearn_version");
  if (version == nullptr || !version->is(formats::ObjectKind::kString)) return {1, 9};
  std::string_view text = version->text;
  SklearnVersion read;
  read.major = ReadNumber(text);
  read.minor = ReadNumber(text);
  return read;
}

base::Error UnsupportedClass(const formats::Object& estimator) {
  const std::string name = ClassOf(estimator);
  if (FindTransformerReader(name) != nullptr || FindPredictorReader(name) != nullptr) {
    return WrongPlace(name);
  }
  return base::Unimplemented("no native reader for the class " + name)
      .WithReason("unsupported_class");
}

template <typename Pointer>
base::Result<Pointer> Reading::ReadPart(const formats::Object& estimator, std::string_view path) {
  if (depth_ >= kMaxDepth || parts_.size() >= kMaxParts) {
    return base::ResourceExhausted("the model has too many nested steps");
  }
  const std::string outer = path_;
  if (!path_.empty() && !path.empty()) path_ += '.';
  path_ += path;
  const size_t index = parts_.size();
  parts_.push_back({path_.empty() ? "model" : path_, ClassOf(estimator), true, ""});
  ++depth_;
  const auto reader = FindReader<Pointer>(parts_[index].class_name);
  base::Result<Pointer> read = reader == nullptr
                                   ? base::Result<Pointer>(UnsupportedClass(estimator))
                                   : reader(estimator, *this);
  --depth_;
  path_ = outer;
  if (read.ok()) return read;
  if (read.error().detail("step").empty()) {
    parts_[index].supported = false;
    parts_[index].problem = read.error().message();
  }
  return Located(std::move(read).error(), parts_[index]);
}

base::Result<TransformerPtr> Reading::ReadTransformer(const formats::Object& estimator,
                                                      std::string_view path) {
  return ReadPart<TransformerPtr>(estimator, path);
}

base::Result<PredictorPtr> Reading::ReadPredictor(const formats::Object& estimator,
                                                  std::string_view path) {
  return ReadPart<PredictorPtr>(estimator, path);
}

}  // namespace yard::inference::estimators
