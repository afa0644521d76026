package io.wadi.streams;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LiveStreamsTest {
    @Test
    void layoutAndComments_areNoContent() {
        assertThat(LiveStreams.content("{from: 'in', steps: [{count: true}], to: out}"))
                .isEqualTo(LiveStreams.content("""
                        # a comment
                        from: in
                        steps:
                          - count: true
                        to: "out"
                        """));
    }

    @Test
    void changedTextOrOrder_isOtherContent() {
        assertThat(LiveStreams.content("from: 1.0")).isNotEqualTo(LiveStreams.content("from: 1.00"));
        assertThat(LiveStreams.content("aggregate: {n: {count: true}, all: {sum: {jq: .}}}"))
                .isNotEqualTo(LiveStreams.content("aggregate: {all: {sum: {jq: .}}, n: {count: true}}"));
    }

    /** The parser ignores tags, so a file with one is valid. */
    @Test
    void unknownTag_isAccepted() {
        assertThat(LiveStreams.content("from: !topic in")).isEqualTo(LiveStreams.content("from: !topic in"));
    }
}
