/// The main job, small: [io.alidade.cli.quickstart.Quickstart] strings fetching, measuring and
/// training together, [io.alidade.cli.quickstart.QuickstartReport] gathers what the report shows.
@NullMarked
package io.alidade.cli.quickstart;

import org.jspecify.annotations.NullMarked;
