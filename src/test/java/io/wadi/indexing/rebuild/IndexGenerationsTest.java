package io.wadi.indexing.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndexGenerationsTest {
    /** The distribution of the tests has no module for data streams: these are responses of Elasticsearch 8.19. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {".ds-events-2026.11.26-000001":{"aliases":{},"mappings":{},"settings":{},"data_stream":"events"}} | true
            {"events-000001":{"aliases":{"events":{}},"mappings":{"data_stream":{}},"settings":{}}}            | false
            {}                                                                                                 | false
            """)
    void backingIndex_isOfADataStream(String indices, boolean expected) throws Exception {
        JsonNode response = new ObjectMapper().readTree(indices);

        assertThat(IndexGenerations.isDataStream(response)).isEqualTo(expected);
    }
}
