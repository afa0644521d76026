package io.wadi.bench.spring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.bench.subject.IntakeProducer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpStatus;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.SendResult;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** A typical Spring application: a controller that waits for the acknowledgement, on one of Tomcat's 200 threads. */
@SpringBootApplication
@RestController
public class SpringIntake {
    private final KafkaTemplate<String, String> template;
    private final ObjectMapper json;

    /** Called by Spring. */
    public SpringIntake(KafkaTemplate<String, String> template, ObjectMapper json) {
        this.template = template;
        this.json = json;
    }

    /**
     * The receipt of an event.
     *
     * @param topic its topic
     * @param partition its partition
     * @param offset its offset there
     */
    public record Receipt(String topic, int partition, long offset) {
        static Receipt of(SendResult<String, String> sent) {
            return new Receipt(
                    sent.getRecordMetadata().topic(),
                    sent.getRecordMetadata().partition(),
                    sent.getRecordMetadata().offset());
        }
    }

    /** Starts the application. Arguments: the brokers and the port to listen on. */
    public static void main(String[] args) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("server.port", args[1]);
        properties.put("spring.kafka.bootstrap-servers", args[0]);
        IntakeProducer.settings(args[0])
                .forEach((name, value) -> properties.put("spring.kafka.producer.properties." + name, value));
        SpringApplication application = new SpringApplication(SpringIntake.class);
        application.setDefaultProperties(properties);
        application.run();
    }

    /** Accepts one event, which is sent unchanged. */
    @PostMapping(path = "/events/{topic}", consumes = "application/json")
    public Receipt event(@PathVariable String topic, @RequestBody String event)
            throws ExecutionException, InterruptedException {
        return Receipt.of(template.send(topic, event).get());
    }

    /** Accepts one event per line, each checked to be a JSON object. */
    @PostMapping(path = "/events/{topic}", consumes = "application/x-ndjson")
    public List<Receipt> events(@PathVariable String topic, @RequestBody String body)
            throws ExecutionException, InterruptedException, JsonProcessingException {
        List<String> events = body.lines().toList();
        for (String each : events) {
            if (!json.readTree(each).isObject()) {
                throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "an event is a JSON object");
            }
        }
        List<CompletableFuture<SendResult<String, String>>> sent = new ArrayList<>();
        for (String each : events) {
            sent.add(template.send(topic, each));
        }
        List<Receipt> receipts = new ArrayList<>();
        for (CompletableFuture<SendResult<String, String>> each : sent) {
            receipts.add(Receipt.of(each.get()));
        }
        return receipts;
    }
}
