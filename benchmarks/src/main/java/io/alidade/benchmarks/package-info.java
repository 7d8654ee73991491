@NullMarked
package io.alidade.benchmarks;

import org.jspecify.annotations.NullMarked;
