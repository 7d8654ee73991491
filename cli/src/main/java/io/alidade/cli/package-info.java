@NullMarked
package io.alidade.cli;

import org.jspecify.annotations.NullMarked;
