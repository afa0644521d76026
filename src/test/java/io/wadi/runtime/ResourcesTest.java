package io.wadi.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ResourcesTest {
    private final Resources resources = new Resources();
    private final List<String> closed = new ArrayList<>();

    private static final class Broken implements AutoCloseable {
        @Override
        public void close() throws IOException {
            throw new IOException("no answer");
        }
    }

    @Test
    void resources_areClosedInReverseOrder() {
        resources.add(() -> closed.add("first"));
        resources.add(() -> closed.add("second"));

        assertThat(resources.close()).isEmpty();
        assertThat(closed).containsExactly("second", "first");
    }

    /** A class may be missing after the jar was replaced while the process was running. */
    @Test
    void failures_areReportedWithTheResource_andTheOthersAreClosed() {
        resources.add(() -> closed.add("first"));
        resources.add(new Broken());
        resources.add(() -> {
            throw new NoClassDefFoundError("io/wadi/Missing");
        });

        assertThat(resources.close())
                .containsExactly(
                        "io.wadi.runtime.ResourcesTest: java.lang.NoClassDefFoundError: io/wadi/Missing",
                        "io.wadi.runtime.ResourcesTest$Broken: java.io.IOException: no answer");
        assertThat(closed).containsExactly("first");
    }
}
