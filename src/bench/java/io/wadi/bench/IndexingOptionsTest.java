package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndexingOptionsTest {
    @Test
    void withoutOptions_allIndexHalfAMillionInThreeRounds() {
        IndexingOptions options = IndexingOptions.parse(List.of());

        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.full().name()).isEqualTo("500k x 250 B");
        assertThat(options.subjects())
                .containsExactly(IndexingSubject.WADI, IndexingSubject.BARE, IndexingSubject.STOCK);
    }

    @Test
    void oneRequestARecord_isMeasuredWithFewerRecords() {
        LandingCase full = IndexingOptions.parse(List.of()).full();

        assertThat(IndexingSubject.STOCK.share(full).records()).isEqualTo(20_000);
        assertThat(IndexingSubject.WADI.share(full)).isEqualTo(full);
    }

    @Test
    void wadi2_hasTwoThreads() {
        assertThat(IndexingOptions.parse(List.of("--subjects", "wadi,wadi-2")).subjects())
                .extracting(IndexingSubject::parallelism)
                .containsExactly(1, 2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --round 3          | There is no option "--round".
                    --value-bytes 100  | --value-bytes: found "100", allowed from 150, as 500, 200k or 10M
                    --subjects wadi,x  | --subjects: there is no "x", only wadi, wadi-2, bare, stock
                    --subjects bare,bare | --subjects: found "bare" twice, allowed once
                    """)
    void aMistake_isReported(String given, String message) {
        assertThatThrownBy(() -> IndexingOptions.parse(Arrays.asList(given.split(" ", -1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
