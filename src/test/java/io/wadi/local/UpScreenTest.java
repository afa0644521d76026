package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.OtherLocale;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpScreenTest {
    private static List<String> commands(String... more) {
        List<String> arguments = new ArrayList<>(List.of("--with", "examples"));
        arguments.addAll(List.of(more));
        return UpScreen.lines(UpOptions.parse(arguments, Path.of("/wadi/.wadi")), Path.of("/wadi/.wadi/logs")).stream()
                .map(String::strip)
                .filter(line -> line.startsWith("./wadi ") && !line.startsWith("./wadi kafka "))
                .toList();
    }

    @Test
    void commands_addressTheServersOfOtherPorts() {
        assertThat(commands("--kafka-port", "19092", "--hdfs-port", "18020"))
                .containsExactly(
                        "./wadi records metric.cpu.alert --brokers localhost:19092",
                        "./wadi generate payments --brokers localhost:19092",
                        "./wadi model train --hdfs hdfs://localhost:18020",
                        "./wadi generate payments --after 60 --days 1 --brokers localhost:19092",
                        "./wadi records card.alerts --brokers localhost:19092");
    }

    @Test
    void addresses_haveAsciiDigitsInAnyLocale() throws Exception {
        OtherLocale.run(OtherLocale.OTHER_DIGITS, () -> {
            assertThat(UpScreen.lines(UpOptions.parse(List.of(), Path.of("/wadi/.wadi")), Path.of("/wadi/.wadi/logs")))
                    .contains("  Page           http://localhost:9876/", "  Events         http://localhost:8080/");
        });
    }

    @Test
    void commands_needNoAddressesOfTheDefaultPorts() {
        assertThat(commands()).hasSize(5).noneMatch(line -> line.contains("localhost"));
    }
}
