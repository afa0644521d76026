package io.wadi.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A test, or all tests of a class, of the nightly lane: {@code ./wadi test --all} runs it, {@code ./wadi test} does
 * not. The first two lanes still check its guarantee, with fewer rounds, fewer servers or without servers, in the tests
 * that {@link #perChange} lists.
 */
@Tag("long")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Nightly {
    /**
     * Tests of the first two lanes that check the same guarantee: names of classes without packages, each optionally
     * with a method, as in {@code "AlertBoardTest"} or {@code "LandingModelTest#protocol_holdsInEveryState"}. A class
     * with nightly methods is named with a method.
     */
    String[] perChange() default {};

    /** Why no test of the first two lanes checks the guarantee; only if {@link #perChange} is empty. */
    String because() default "";
}
