package io.wadi.metrics;

import java.nio.charset.StandardCharsets;
import org.apache.camel.CamelContext;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;

/** What {@code kafka:} makes one record of where an exchange's body is a collection of such: documents keep their host's order. */
public final class DocumentMessage {
    private DocumentMessage() {}

    /** A message of these bytes, its record's key being the host's name in UTF-8, without other headers. */
    public static Message of(CamelContext camel, String host, byte[] body) {
        DefaultMessage message = new DefaultMessage(camel);
        message.setHeader(KafkaConstants.KEY, host.getBytes(StandardCharsets.UTF_8));
        message.setBody(body);
        return message;
    }
}
