/// Models small enough to write in a test: real files that the product reads as it reads any other.
package io.alidade.testkit.tiny;
