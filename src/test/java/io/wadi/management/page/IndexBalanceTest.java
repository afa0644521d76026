package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IndexBalanceTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            10   | 10   | 0 | 0 | 0 | 0    | Every committed offset is a document.
            7    | 10   | 0 | 0 | 3 | 0    | Every committed offset is a document or a dead letter.
            0    | 0    | 5 | 0 | 0 | 0    | Every committed offset is a document.
            -    | 0    | 5 | 0 | 0 | 0    | Nothing is indexed yet: the index does not exist.
            -    | 5    | 0 | 0 | 0 | 5    | The index does not exist, but offsets are committed: it was deleted, or its name was changed.
            11   | 10   | 1 | 0 | 0 | -1   | 1 document is ahead of the committed offset: indexed, and committed with the next commit.
            12   | 10   | 1 | 0 | 0 | -2   | 2 documents more than committed offsets: from another topic, from a deleted topic of this name, or from before a reset of the group's offsets.
            """)
    void explanation_describesTheDifference(
            Long documents,
            long committed,
            long behind,
            long dropped,
            long deadLetters,
            long difference,
            String explanation) {
        IndexBalance balance = new IndexBalance(documents, committed, behind, dropped, deadLetters, true);

        assertThat(balance.difference()).isEqualTo(difference);
        assertThat(balance.explanation()).isEqualTo(explanation);
    }

    /** Uncounted dead letters may account for the missing documents; a surplus of documents would only be larger. */
    @Test
    void difference_isUnknownIfNotAllDeadLettersWereCounted() {
        IndexBalance missing = new IndexBalance(1_000L, 251_000, 0, 0, 100_000, false);
        assertThat(missing.difference()).isNull();
        assertThat(missing.explanation())
                .isEqualTo("At most 150,000 committed offsets are neither a document nor a dead letter:"
                        + " only the newest dead letters of all routes were counted.");

        IndexBalance surplus = new IndexBalance(1_000L, 900, 0, 0, 10, false);
        assertThat(surplus.difference()).isEqualTo(-110);
        assertThat(new IndexBalance(1_000L, 1_001, 0, 0, 0, false).explanation())
                .startsWith("At most 1 committed offset is neither");
        assertThat(new IndexBalance(null, 5, 0, 0, 0, false).explanation()).startsWith("The index does not exist");
    }

    @ParameterizedTest
    @CsvSource({"0, false", "400, true"})
    void explanation_mentionsDroppedOffsetsOnlyIfThereAreAny(long dropped, boolean named) {
        String explanation = new IndexBalance(1_000L, 2_500, 0, dropped, 1, true).explanation();

        assertThat(explanation)
                .startsWith(
                        "1,499 committed offsets are neither a document nor a dead letter. Possible causes: offsets without a record");
        assertThat(explanation.contains("the first 400 offsets")).isEqualTo(named);
    }
}
