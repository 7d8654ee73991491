/// Self-contained pages: [io.alidade.eval.report.ReportPage] renders a training run's
/// [io.alidade.eval.report.ReportData], [io.alidade.eval.report.RunPage] a run by itself, and
/// [io.alidade.eval.report.DataPage] a data set's [io.alidade.eval.report.DataReport], which are
/// plain data, into HTML that loads nothing from elsewhere. Each section has a class of its own;
/// style and script are the resources beside them.
@NullMarked
package io.alidade.eval.report;

import org.jspecify.annotations.NullMarked;
