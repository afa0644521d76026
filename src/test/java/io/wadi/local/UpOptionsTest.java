package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpOptionsTest {
    private static final Path DEFAULT = Path.of("/wadi/.wadi");

    @Test
    void parse_withoutOptions_returnsTheDefaultPorts() {
        UpOptions options = UpOptions.parse(List.of(), DEFAULT);

        assertThat(options.data()).isEqualTo(DEFAULT);
        assertThat(options.examples()).isFalse();
        assertThat(options.ports())
                .extracting(UpOptions.Port::number)
                .containsExactly(9092, 8020, 9870, 9200, 8080, 9876);
    }

    @Test
    void parse_eachOption_isAcceptedInBothForms() {
        UpOptions options = UpOptions.parse(
                List.of(
                        "--data",
                        "/else/where/../here",
                        "--kafka-port=1",
                        "--hdfs-port",
                        "2",
                        "--hdfs-web-port=3",
                        "--elasticsearch-port",
                        "4",
                        "--http-port",
                        "5",
                        "--management-port",
                        "6",
                        "--with=examples"),
                DEFAULT);

        assertThat(options).isEqualTo(new UpOptions(Path.of("/else/here"), new ServerPorts(1, 2, 3, 4), 5, 6, true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --kafka-prot 1             | Unknown option "--kafka-prot": did you mean --kafka-port? See ./wadi up --help.
                    --date /tmp                | Unknown option "--date": did you mean --data? See ./wadi up --help.
                    --http-port                | A value is missing after --http-port.
                    --data --with=examples     | A value is missing after --data.
                    --http-port 0              | --http-port is "0", expected a port from 1 to 65535.
                    --http-port 65536          | --http-port is "65536", expected a port from 1 to 65535.
                    --http-port 80a            | --http-port is "80a", expected a port from 1 to 65535.
                    --data=                    | --data is "", expected a directory.
                    --with example             | --with is "example", expected examples.
                    --kafka-port 8020          | Port 8020 is used twice, by --kafka-port and --hdfs-port.
                    """)
    void parse_invalidOption_isReportedInOneLine(String line, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UpOptions.parse(List.of(line.split(" ", -1)), DEFAULT))
                .withMessage(message);
    }
}
