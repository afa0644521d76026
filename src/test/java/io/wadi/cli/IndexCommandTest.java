package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.CommandProcess;
import io.wadi.testing.TestedCommand;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arguments that are rejected before the first request to a server. */
class IndexCommandTest {
    @Test
    void aliasWithTooLongNamesOfGenerations_isRejected(@TempDir Path configuration) throws Exception {
        String alias = "a".repeat(194);

        CommandProcess rebuild = new TestedCommand("index", configuration, Map.of())
                .inThisJvm("rebuild", "orders", "--index", alias, "--ids-by-offset");

        assertThat(rebuild.code()).isEqualTo(2);
        assertThat(rebuild.err()).startsWith(alias + " cannot be rebuilt: invalid index '" + alias + "-000001':");
    }
}
