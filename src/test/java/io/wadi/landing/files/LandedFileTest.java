package io.wadi.landing.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.landing.format.Format;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LandedFileTest {
    private static final TopicPartition PARTITION = new TopicPartition("select-color", 2);

    @Test
    void name_consistsOfTopicPartitionAndRange() {
        assertThat(new LandedFile(PARTITION, 0, 99_999).name())
                .isEqualTo("select-color+2+00000000000000000000+00000000000000099999.jsonl");
    }

    @ParameterizedTest
    @CsvSource({"JSONL, jsonl", "JSONL_GZ, jsonl.gz", "JSONL_ZST, jsonl.zst", "PARQUET, parquet", "AVRO, avro"})
    void name_endsWithTheFormat(Format format, String extension) {
        LandedFile file = new LandedFile(PARTITION, 7, 9, format);

        assertThat(file.name()).isEqualTo("select-color+2+00000000000000000007+00000000000000000009." + extension);
        assertThat(LandedFile.parse(file.name())).contains(file);
    }

    @ParameterizedTest
    @CsvSource({
        "select-color, 0, 0, 0",
        "metric.cpu.alert, 17, 5, 5",
        "a+b, 3, 1, 2",
        "a+1+00000000000000000003+x, 3, 1, 2",
        "+, 1, 1, 2",
        "색.jsonl, 2147483647, 9223372036854775806, 9223372036854775807"
    })
    void parse_name_returnsTheFile(String topic, int partition, long first, long last) {
        LandedFile file = new LandedFile(new TopicPartition(topic, partition), first, last);

        assertThat(LandedFile.parse(file.name())).contains(file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "_SUCCESS",
                "part-00000.jsonl",
                "t+0+00000000000000000000+00000000000000000009.json",
                "t+0+00000000000000000000+00000000000000000009.gz",
                "t+0+00000000000000000000+00000000000000000009.jsonl.zip",
                "t+0+00000000000000000000+00000000000000000009.jsonl.gz.tmp",
                "t+0+00000000000000000000+00000000000000000009.JSONL",
                "t+0+00000000000000000000+00000000000000000009.parquet.jsonl",
                "t+0+00000000000000000000+00000000000000000009.",
                "t+0+00000000000000000000+00000000000000000009",
                ".t+0+00000000000000000000+00000000000000000009.jsonl._COPYING_",
                "t+0+0+9.jsonl",
                "t+0+0000000000000000000+00000000000000000009.jsonl",
                "t+0+000000000000000000000+00000000000000000009.jsonl",
                "+0+00000000000000000000+00000000000000000009.jsonl",
                "t+-1+00000000000000000000+00000000000000000009.jsonl",
                "t++00000000000000000000+00000000000000000009.jsonl",
                "t+2147483648+00000000000000000000+00000000000000000009.jsonl",
                "t+0+00000000000000000000+99999999999999999999.jsonl",
                "t+0+00000000000000000009+00000000000000000008.jsonl",
                "t+0+٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠+00000000000000000008.jsonl",
                "t+007+00000000000000000000+00000000000000000009.jsonl"
            })
    void parse_foreignNames_isEmpty(String name) {
        assertThat(LandedFile.parse(name)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"-1, 5", "5, 4", "0, -1"})
    void new_invalidRange_isRejected(long first, long last) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LandedFile(PARTITION, first, last))
                .withMessage(
                        "select-color-2: invalid range of offsets %d to %d: expected 0 <= first <= last", first, last);
    }

    @ParameterizedTest
    @CsvSource({"4, false", "5, true", "7, true", "9, true", "10, false"})
    void covers_offsetsFromFirstToLast(long offset, boolean covered) {
        assertThat(new LandedFile(PARTITION, 5, 9).covers(offset)).isEqualTo(covered);
    }

    @Test
    void byOffset_sortsByFirstOffset() {
        List<LandedFile> files = Stream.of(100L, 5L, 20L)
                .map(first -> new LandedFile(PARTITION, first, first))
                .sorted(LandedFile.BY_OFFSET)
                .toList();

        assertThat(files).extracting(LandedFile::first).containsExactly(5L, 20L, 100L);
    }
}
