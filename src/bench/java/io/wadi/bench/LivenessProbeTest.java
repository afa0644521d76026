package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LivenessProbeTest {
    @ParameterizedTest
    @CsvSource({
        "true true true, 0, 0, false",
        "false false true false false, 4, 2, false",
        "true false false false true, 3, 3, true"
    })
    void failuresInARow_areARestart(String answers, long failed, long inARow, boolean isRestarted) throws Exception {
        Iterator<Boolean> next =
                Stream.of(answers.split(" ")).map(Boolean::valueOf).toList().iterator();
        LivenessProbe probe = LivenessProbe.of(next::next);
        IntStream.range(0, answers.split(" ").length).forEach(i -> probe.probe());

        ObjectNode written = new ObjectMapper().createObjectNode();
        probe.write(written);
        assertThat(written.path("probes").asInt()).isEqualTo(answers.split(" ").length);
        assertThat(written.path("failed").asLong()).isEqualTo(failed);
        assertThat(written.path("failed_in_a_row").asLong()).isEqualTo(inARow);
        assertThat(probe.isRestarted()).isEqualTo(isRestarted);
        probe.close();
    }
}
