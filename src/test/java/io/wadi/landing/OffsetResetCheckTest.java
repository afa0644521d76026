package io.wadi.landing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The offsets to which the landing group may be reset. */
class OffsetResetCheckTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            # why                                                       | landed | committed | begin | to  | refusal
            nothing has landed: any beginning is one                     |  -1    |  -1       |   0   |  50 |
            to where the files end                                       | 100    | 120       |   0   | 100 |
            back into what has landed                                    | 100    | 100       |   0   |  99 | offsets 99 to 99 are in files of /d and would land twice: set the offset to 100, or move away the files from offset 99 on first
            to the beginning                                             | 100    | 100       |   0   |   0 | offsets 0 to 99 are in files of /d and would land twice: set the offset to 100, or move away the files from offset 0 on first
            over what has not landed                                     | 100    | 100       |   0   | 150 | offsets 100 to 149 would never land: set the offset to 100, or wait until landing reaches 150
            over what has not landed, with no file left                  |  -1    | 100       |   0   | 101 | offsets 100 to 100 would never land: set the offset to 100, or wait until landing reaches 101
            over what Kafka has no more                                  | 100    | 100       | 150   | 150 |
            over what Kafka has no more, and over one that it has        | 100    | 100       | 150   | 151 | offsets 150 to 150 would never land: set the offset to 150, or wait until landing reaches 151
            files were moved away to be landed again                     |  50    | 100       |   0   |  50 |
            all files were moved away                                    |  -1    | 100       |   0   |   0 |
            """)
    void refusal_reportsOffsetsThatWouldBeLostOrDuplicated(
            String why, long landed, long committed, long begin, long to, String refusal) {
        assertThat(OffsetResetCheck.refusal(landed, committed, begin, to, "/d").orElse(null))
                .as(why)
                .isEqualTo(refusal);
    }
}
