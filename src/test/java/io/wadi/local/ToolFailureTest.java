package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Failures of the tools of {@code ./wadi}, such as {@code ./wadi soak}. */
class ToolFailureTest {
    private static final int NOT_RUN = 2;

    static Stream<Throwable> failures() {
        return Stream.of(
                new IOException("the disk is full"),
                new KafkaException("no broker"),
                new IllegalStateException("a defect"),
                new AssertionError("a foreign file among the landed ones"));
    }

    /** The JVM would exit with 1 for an exception of the main thread, or not at all. */
    @ParameterizedTest
    @MethodSource("failures")
    void failure_isTheExitCodeOfAFailedTool(Throwable failure) {
        int code = new Terminal(false)
                .run(
                        () -> {
                            if (failure instanceof Exception e) {
                                throw e;
                            }
                            throw (Error) failure;
                        },
                        NOT_RUN);

        assertThat(code).isEqualTo(NOT_RUN);
    }
}
