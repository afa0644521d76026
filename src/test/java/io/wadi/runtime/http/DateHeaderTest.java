package io.wadi.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

class DateHeaderTest {
    @Test
    void now_isTheCurrentSecond_inTheFormatOfHttp() {
        Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String value = DateHeader.now().toString();
        Instant after = Instant.now();

        assertThat(value).matches("(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d{2} [A-Z][a-z]{2} \\d{4} [\\d:]{8} GMT");
        assertThat(ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant())
                .isBetween(before, after);
    }
}
