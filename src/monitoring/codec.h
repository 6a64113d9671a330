#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "monitoring/baseline.h"
#include "monitoring/pane.h"

namespace yard::monitoring {

// Stored forms, with a version in front. Errors of the readers: kDataLoss.

std::string EncodeBaseline(const Baseline& baseline);
base::Result<Baseline> DecodeBaseline(std::string_view bytes);

std::string EncodePane(const PaneReport& report);
base::Result<PaneReport> DecodePane(std::string_view bytes);
/// The pane without its histograms and without the features that did not drift.
std::string EncodePaneOutline(const PaneReport& report);

}  // namespace yard::monitoring
