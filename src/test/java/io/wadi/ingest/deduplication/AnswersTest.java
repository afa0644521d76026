package io.wadi.ingest.deduplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.ingest.deduplication.Answer.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private static final Digest ID = new Digest(1, -2);
    private static final Digest EVENT = new Digest(Long.MIN_VALUE, 4);
    private static final Answer STORED = Answer.stored(ID, new First(3, 1L << 40, 1_795_000_000_000L, EVENT, -6));

    @Test
    void answersOfAllKinds_roundTripInOrder() {
        List<Answer> answers = List.of(
                STORED,
                Answer.refused(Kind.REJECTED, ID, EVENT, "größer als 1 MiB"),
                Answer.refused(Kind.FULL, ID, EVENT, ""),
                STORED);

        List<byte[]> values = Answers.encode(answers);

        assertThat(values).hasSize(1);
        assertThat(Answers.decode(values.get(0))).isEqualTo(answers);
        assertThat(Answers.encode(List.of())).isEmpty();
    }

    @Test
    void manyAnswers_areSplitIntoValuesWithinTheMaximum_unlessOneAnswerIsLarger() {
        Answer large = Answer.refused(Kind.REJECTED, ID, EVENT, "x".repeat(Answers.MAX_BYTES));
        List<Answer> answers = new ArrayList<>(Collections.nCopies(3_000, STORED));
        answers.add(2_000, large);

        List<byte[]> values = Answers.encode(answers);

        assertThat(values.stream().flatMap(value -> Answers.decode(value).stream()))
                .containsExactlyElementsOf(answers);
        assertThat(values)
                .hasSizeLessThan(6)
                .allSatisfy(value -> assertThat(value.length <= Answers.MAX_BYTES
                                || Answers.decode(value).size() == 1)
                        .isTrue());
    }

    @Test
    void valueOfAnotherVersion_orTruncated_isRejected() {
        byte[] value = Answers.encode(List.of(STORED, Answer.refused(Kind.FULL, ID, EVENT, "full")))
                .get(0);

        for (int length = 1; length < value.length; length++) {
            byte[] cut = Arrays.copyOf(value, length);
            if (length != 1 && length != 1 + 57) { // where an answer ends
                assertThatThrownBy(() -> Answers.decode(cut))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("an answer of deduplication is truncated");
            }
        }
        byte[] kind = value.clone();
        kind[1] = 9;
        assertThatThrownBy(() -> Answers.decode(kind)).hasMessage("unknown kind of an answer of deduplication: 9");
        value[0] = 1;
        for (byte[] other : new byte[][] {value, {}, null}) {
            assertThatThrownBy(() -> Answers.decode(other))
                    .hasMessage("expected answers of deduplication in version 2");
        }
    }
}
