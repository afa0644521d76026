package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntakeOptionsTest {
    @Test
    void withoutOptions_allIsMeasuredInThreeRounds() {
        IntakeOptions options = IntakeOptions.parse(List.of());

        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.seconds()).isEqualTo(10);
        assertThat(options.warmUp()).isEqualTo(120);
        assertThat(options.cases()).containsExactly(IntakeCase.values());
        assertThat(options.subjects())
                .containsExactly(
                        IntakeSubject.WADI,
                        IntakeSubject.DEDUPLICATED,
                        IntakeSubject.BARE,
                        IntakeSubject.CAREFUL,
                        IntakeSubject.SPRING,
                        IntakeSubject.PRODUCER);
    }

    @Test
    void quick_isOneShortRound_unlessOverridden() {
        assertThat(IntakeOptions.parse(List.of("--quick")).rounds()).isEqualTo(1);
        assertThat(IntakeOptions.parse(List.of("--quick", "--rounds", "2")).rounds())
                .isEqualTo(2);
        assertThat(IntakeOptions.parse(List.of("--quick")).warmUp()).isEqualTo(1);
        assertThat(IntakeOptions.parse(List.of("--quick", "--warm-up", "60")).warmUp())
                .isEqualTo(60);
    }

    @Test
    void aProducerAlone_isMeasuredInBatchesOnly() {
        List<IntakeSubject> all = List.of(IntakeSubject.values());

        assertThat(IntakeCase.SINGLE_400.of(all)).doesNotContain(IntakeSubject.PRODUCER);
        assertThat(IntakeCase.NDJSON_100.of(all)).contains(IntakeSubject.PRODUCER);
    }

    @Test
    void aDeduplicatedTopic_isMeasuredWithIdsOnly_whichAProducerAloneDoesNotSend() {
        List<IntakeSubject> all = List.of(IntakeSubject.values());

        assertThat(IntakeCase.NDJSON_100.of(all)).doesNotContain(IntakeSubject.DEDUPLICATED);
        assertThat(IntakeCase.NDJSON_IDS.of(all))
                .contains(IntakeSubject.DEDUPLICATED)
                .doesNotContain(IntakeSubject.PRODUCER);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --round 3          | There is no option "--round".
                    --rounds           | --rounds needs a value.
                    --rounds 0         | --rounds: found "0", allowed from 1, as 500, 200k or 10M
                    --warm-up -1       | --warm-up: found "-1", allowed from 1, as 500, 200k or 10M
                    --rounds many      | --rounds: found "many", allowed from 1, as 500, 200k or 10M
                    --cases single     | --cases: there is no "single", only single-64, single-400, ndjson-100
                    --subjects wadi,x  | --subjects: there is no "x", only wadi, deduplicated, unobserved, bare, careful
                    """)
    void aMistake_isReported(String given, String message) {
        assertThatThrownBy(() -> IntakeOptions.parse(Arrays.asList(given.split(" ", -1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
