package io.wadi.kafka.streams;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.junit.jupiter.api.Test;

class StreamsResetTest {
    /** A topology describes its repartition topics without the prefix of the application. */
    @Test
    void internalTopics_beginWithTheApplication_evenIfAFlowDoesToo() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.<String, String>stream("in")
                .repartition(Repartitioned.as("sales-by-item-1"))
                .groupByKey(Grouped.as("sales-by-item-2"))
                .count(Materialized.as("sales-by-item-2"));

        assertThat(StreamsReset.internalTopics("sales", builder.build()))
                .containsExactly("sales-sales-by-item-1-repartition", "sales-sales-by-item-2-changelog");
    }
}
