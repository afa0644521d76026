package io.wadi.ingest.browser;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.Problem;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

final class PixelEventTest {
    @Test
    void event_hasTheQueryParametersInOrder() {
        Event event = PixelEvent.of(
                List.of(
                        Map.entry("topic", "mail"),
                        Map.entry("z", "1"),
                        Map.entry("a", "김 \"😀\""),
                        Map.entry("z", ""),
                        Map.entry("key", "wadi_secret"),
                        Map.entry("n", "1")),
                Map.of("userAgent", "Mail/1.0"));

        assertThat(new String(event.value(), UTF_8))
                .isEqualTo("{\"z\":[\"1\",\"\"],\"a\":\"김 \\\"😀\\\"\",\"n\":\"1\",\"userAgent\":\"Mail/1.0\"}");
        assertThat(event.problem()).isNull();
    }

    @Test
    void parameterReservedByWadi_isRejected() {
        assertThat(PixelEvent.of(List.of(Map.entry("timestamp", "1999")), Map.of("timestamp", "2026"))
                        .problem())
                .isEqualTo(new Problem("/timestamp", "reserved: Wadi sets this field"));
    }

    @Test
    void gif_isOneTransparentPixelOf43Bytes() throws IOException {
        byte[] gif = PixelEvent.gif();
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(gif));

        assertThat(gif).hasSize(43);
        assertThat(image.getWidth()).isEqualTo(1);
        assertThat(image.getHeight()).isEqualTo(1);
        assertThat(image.getRGB(0, 0) >>> 24).as("alpha").isZero();
    }
}
