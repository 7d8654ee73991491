/// One self-contained page about a training run: [io.alidade.eval.report.ReportPage] renders
/// [io.alidade.eval.report.ReportData], which is plain data, into HTML that loads nothing from
/// elsewhere. Each section has a class of its own; style and script are the resources beside them.
@NullMarked
package io.alidade.eval.report;

import org.jspecify.annotations.NullMarked;
