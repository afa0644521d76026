package io.wadi.indexing.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.testing.OtherLocale;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IndexNameTest {
    @ParameterizedTest
    @CsvSource({
        "events, 2026-11-20T23:59:59.999Z, events, events",
        "events-{yyyy.MM.dd}, 2026-11-20T23:59:59.999Z, events-2026.11.20, events-*",
        "events-{yyyy.MM.dd}, 2026-11-21T00:00:00Z, events-2026.11.21, events-*",
        "events-{yyyy.MM}, 1969-12-31T23:59:59Z, events-1969.12, events-*",
        "events-{yyyy-MM}-a, 2026-01-01T00:00:00Z, events-2026-01-a, events-*-a"
    })
    void name_containsTheUtcDate(String text, Instant time, String expected, String all) {
        IndexName name = IndexName.of(text);

        assertThat(name.at(time.toEpochMilli())).isEqualTo(expected);
        assertThat(name.at(time.toEpochMilli())).isEqualTo(expected);
        assertThat(name.all()).isEqualTo(all);
        assertThat(name.isDated()).isEqualTo(name.plain().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Events", "_events", "a b", "a*", "a{", "a{}", "a-{yyyy}-{MM}", "a/b", "a,b", "{yyyy.MM}#"})
    void name_invalidForElasticsearch_isRejected(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IndexName.of(text))
                .withMessageStartingWith("invalid index '" + text + "': ");
    }

    /** Otherwise instances with different locales would index a record twice, in different indices. */
    @ParameterizedTest
    @ValueSource(strings = {"a-{yyyy.ww}", "a-{yyyy.MMM}"})
    void nameThatDependsOnTheLocale_isRejected(String text) throws Exception {
        OtherLocale.run(Locale.KOREA, () -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> IndexName.of(text))
                    .withMessageStartingWith("invalid index '" + text + "': ");
        });
    }

    @Test
    void invalidDatePattern_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IndexName.of("a-{ddddddddd}"))
                .withMessageContaining("expected {yyyy.MM.dd} for a day, {yyyy.MM} for a month");
    }

    /**
     * With more than four digits, also before the year 1, the name would begin with the sign of the year, and
     * Elasticsearch would reject it at every attempt.
     */
    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -62_135_596_800_001L, 253_402_300_800_000L, Long.MAX_VALUE})
    void yearWithoutFourDigits_isRejected(long timestamp) {
        assertThat(IndexName.of("a").at(timestamp)).isEqualTo("a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IndexName.of("{yyyy.MM.dd}-a").at(timestamp))
                .withMessage("no index for timestamp " + timestamp
                        + ": expected milliseconds since 1970, of a year from 1 to 9999");
    }

    @Test
    void firstAndLastYear_areAccepted() {
        assertThat(IndexName.of("{yyyy.MM.dd}-a").at(-62_135_596_800_000L)).isEqualTo("0001.01.01-a");
        assertThat(IndexName.of("{yyyy.MM.dd}-a").at(253_402_300_799_999L)).isEqualTo("9999.12.31-a");
    }
}
