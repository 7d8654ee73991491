@NullMarked
package io.alidade.testkit;

import org.jspecify.annotations.NullMarked;
