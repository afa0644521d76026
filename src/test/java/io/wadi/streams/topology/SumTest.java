package io.wadi.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The steps {@code sum} and {@code avg} with numbers near the limits of doubles. */
class SumTest {
    @AutoClose
    private TopologyDriver streams;

    /** An infinite sum would stay infinite. */
    @Test
    void numberThatCouldMakeASumInfinite_isADeadLetter_andTheSumStays() {
        streams = TopologyDriver.of("""
                from: {topic: in, value: json}
                steps:
                  - branch:
                      - when: {jq: $key == "max"}
                        steps: [{max: {jq: .}}]
                        to: max
                      - when: {jq: $key == "avg"}
                        steps: [{avg: {jq: .}}]
                        to: avg
                      - steps: [{sum: {jq: .}}]
                        to: sum
                """);

        for (String number : new String[] {"1", "1.7e308", "-1.7e308", "1e290", "-1e290", "2"}) {
            for (String key : new String[] {"max", "avg", "sum"}) {
                streams.send("in", key, number, 0);
            }
        }

        assertThat(streams.read("sum")).containsExactly("sum=1", "sum=1.0E290", "sum=0.0", "sum=2.0");
        assertThat(streams.read("avg")).hasSize(4).first().isEqualTo("avg=1.0");
        assertThat(streams.read("max")).hasSize(6).last().isEqualTo("max=1.7E308");
        assertThat(streams.rejections())
                .hasSize(4)
                .contains("sum (jq .) is 1.7E308, expected a number from -1e290 to 1e290 to add up")
                .contains("avg (jq .) is -1.7E308, expected a number from -1e290 to 1e290 to add up");
    }
}
