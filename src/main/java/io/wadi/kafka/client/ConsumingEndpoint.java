package io.wadi.kafka.client;

import io.wadi.kafka.Intercepted;
import io.wadi.kafka.RouteControl;
import io.wadi.runtime.config.Secrets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.component.kafka.KafkaEndpointConfigurer;
import org.apache.camel.component.kafka.PollOnError;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommitFactory;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/**
 * A Kafka endpoint that a route consumes from. It rejects options that Wadi cannot honor ({@link ConsumerOptions}), and
 * sets those that Wadi needs. Endpoints of components other than {@link KafkaClients#component()} are not changed.
 */
record ConsumingEndpoint(String routeId, KafkaEndpoint endpoint) {
    private static final Set<PollOnError> POLL_ON_ERROR =
            Set.of(PollOnError.RECONNECT, PollOnError.RETRY, PollOnError.STOP);

    /** The properties that name classes of the user, which may read other properties than those of Kafka. */
    private static final Set<String> PLUG_INS = Set.of(
            ProducerConfig.INTERCEPTOR_CLASSES_CONFIG,
            ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG,
            SaslConfigs.SASL_CLIENT_CALLBACK_HANDLER_CLASS,
            SaslConfigs.SASL_LOGIN_CALLBACK_HANDLER_CLASS,
            SaslConfigs.SASL_LOGIN_CLASS,
            SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG);

    private static final String OF_CONSUMERS = "it is an option of consumers; remove it";

    private static final KafkaEndpointConfigurer VALUES = new KafkaEndpointConfigurer();

    /**
     * Checks the endpoint's options on the first call, and sets those that Wadi needs.
     *
     * @throws IllegalArgumentException if an option cannot be honored, with the route and the reason
     */
    void prepare() {
        KafkaComponent component = endpoint.getComponent();
        if (!(component.getKafkaClientFactory() instanceof FlowClientFactory)) {
            return;
        }
        // A route that was stopped prepares its endpoint again when it starts.
        if (!(endpoint.getExceptionHandler() instanceof QuietExceptionHandler)) {
            rejectUnsupported(component);
        }
        if (!isOfAnotherRoute()) {
            set();
        }
    }

    /**
     * Returns whether the endpoint is that of a running route with another id, as while a reload tries a new id out.
     * Its consumers are found by their route's id when they reconnect.
     */
    private boolean isOfAnotherRoute() {
        return endpoint.getCamelContext().getRoutes().stream()
                .anyMatch(route -> Intercepted.original(route.getEndpoint()).equals(endpoint)
                        && !route.getRouteId().equals(routeId));
    }

    private void rejectUnsupported(KafkaComponent component) {
        KafkaEndpoint own = endpoint(component, KafkaClients.configuration());
        ConsumerOptions.FIXED.forEach((option, reason) -> {
            if (!Objects.equals(value(endpoint, option), value(own, option))) {
                throw unsupported(option, value(endpoint, option), reason);
            }
        });
        KafkaEndpoint shared = endpoint(component, component.getConfiguration());
        for (String option : ConsumerOptions.PRODUCER) {
            if (!Objects.equals(value(endpoint, option), value(shared, option))) {
                throw unsupported(option, value(endpoint, option), "it is an option of producers; remove it");
            }
        }
        FlowClientFactory clients = clients();
        rejectProperties(component.getConfiguration().getAdditionalProperties());
        rejectCommits();
        rejectErrors();
        rejectInvalidProperties(clients);
    }

    /**
     * Rejects Camel's transactions, and options of consumers, in the URI of an endpoint that a route sends to. Values
     * do not show which options of consumers the URI sets, because Camel may set beans of the registry on all
     * endpoints.
     *
     * @throws IllegalArgumentException if the URI has such an option, with the route
     */
    static void rejectOnProducer(String routeId, KafkaEndpoint target) {
        if (!(target.getComponent().getKafkaClientFactory() instanceof FlowClientFactory)) {
            return;
        }
        optionOfConsumers(target.getEndpointUri()).ifPresent(option -> {
            throw unsupportedOnProducer(routeId, target, option, value(target, option), OF_CONSUMERS);
        });
        rejectPropertiesOnProducer(routeId, target);
        rejectTransactions(routeId, target);
    }

    /**
     * Rejects options of consumers in the URI of a dynamic step. Its endpoint is created when the step sends.
     *
     * @throws IllegalArgumentException if the URI has such an option, with the route
     */
    static void rejectOnDynamicProducer(String routeId, String uri) {
        if (!uri.startsWith("kafka:")) {
            return;
        }
        optionOfConsumers(uri).ifPresent(option -> {
            throw new IllegalArgumentException(
                    "Route %s: the option %s on the dynamic producer of %s is not supported: %s"
                            .formatted(routeId, option, uri.replaceFirst("[?&].*", ""), OF_CONSUMERS));
        });
    }

    private static Optional<String> optionOfConsumers(String uri) {
        return ConsumerOptions.CONSUMER.stream()
                .filter(option -> uri.contains("?" + option + "=") || uri.contains("&" + option + "="))
                .findFirst();
    }

    /** Rejects properties in the URI that have no effect. */
    private static void rejectPropertiesOnProducer(String routeId, KafkaEndpoint target) {
        KafkaConfiguration configuration = target.getConfiguration();
        Map<String, Object> properties = configuration.getAdditionalProperties();
        boolean hasPlugIn = configuration.getPartitioner() != null
                || properties.containsKey(ProducerConfig.PARTITIONER_CLASS_CONFIG)
                || hasPlugIn(configuration);
        properties.forEach((name, value) -> {
            String option = "additionalProperties." + name;
            if (ProducerConfig.configNames().contains(name)
                    || !target.getEndpointUri().contains(option + "=")) {
                return;
            }
            if (ConsumerConfig.configNames().contains(name) || ConsumerOptions.OF_WADI.contains(name)) {
                throw unsupportedOnProducer(routeId, target, option, value, OF_CONSUMERS);
            }
            if (!hasPlugIn) {
                throw unsupportedOnProducer(
                        routeId, target, option, value, "Kafka's producer has no property of this name; remove it");
            }
        });
    }

    private static boolean hasPlugIn(KafkaConfiguration configuration) {
        return configuration.getInterceptorClasses() != null
                || configuration.getMetricReporters() != null
                || !Collections.disjoint(configuration.getAdditionalProperties().keySet(), PLUG_INS);
    }

    private static void rejectTransactions(String routeId, KafkaEndpoint target) {
        KafkaConfiguration configuration = target.getConfiguration();
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("transacted", configuration.isTransacted() ? true : null);
        options.put("transactionalId", configuration.getTransactionalId());
        options.put(
                "additionalProperties." + ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                configuration.getAdditionalProperties().get(ProducerConfig.TRANSACTIONAL_ID_CONFIG));
        options.forEach((option, value) -> {
            if (value != null) {
                throw unsupportedOnProducer(routeId, target, option, value, FlowClientFactory.NO_TRANSACTIONS_OF_CAMEL);
            }
        });
    }

    private static IllegalArgumentException unsupportedOnProducer(
            String routeId, KafkaEndpoint target, String option, Object value, String reason) {
        return new IllegalArgumentException("Route %s: %s=%s on the producer of kafka:%s is not supported: %s"
                .formatted(
                        routeId,
                        option,
                        shown(option, value),
                        target.getConfiguration().getTopic(),
                        reason));
    }

    private static KafkaEndpoint endpoint(KafkaComponent component, KafkaConfiguration configuration) {
        KafkaEndpoint pristine = new KafkaEndpoint("kafka:options", component);
        pristine.setConfiguration(configuration);
        return pristine;
    }

    private static Object value(KafkaEndpoint of, String option) {
        return VALUES.getOptionValue(of, option, false);
    }

    private FlowClientFactory clients() {
        if (endpoint.getKafkaClientFactory() instanceof FlowClientFactory clients) {
            return clients;
        }
        throw unsupported(
                "kafkaClientFactory",
                endpoint.getKafkaClientFactory(),
                "Wadi's consumer would be replaced; remove it, or set #record-batches");
    }

    /**
     * Rejects properties that have no effect. Properties of the component are accepted, since they may be those of
     * producers.
     */
    private void rejectProperties(Map<String, Object> shared) {
        KafkaConfiguration configuration = endpoint.getConfiguration();
        boolean hasPlugIn = hasPlugIn(configuration);
        configuration.getAdditionalProperties().forEach((name, value) -> {
            String option = ConsumerOptions.PROPERTIES.get(name);
            if (option != null) {
                throw unsupported(
                        "additionalProperties." + name,
                        value,
                        "it has no effect; remove it, and see the option " + option);
            }
            boolean isKnown = name.startsWith("wadi.")
                    || ConsumerConfig.configNames().contains(name)
                    || Objects.equals(shared.get(name), value);
            if (!isKnown && !hasPlugIn) {
                throw unsupported(
                        "additionalProperties." + name,
                        value,
                        "Kafka's consumer has no property of this name; remove it");
            }
        });
    }

    private void rejectCommits() {
        KafkaConfiguration configuration = endpoint.getConfiguration();
        boolean isManual = configuration.isAllowManualCommit();
        if (!configuration.isAutoCommitEnable() && !isManual) {
            throw unsupported(
                    "autoCommitEnable",
                    false,
                    "without allowManualCommit=true nothing would commit offsets; remove it, or add that option and"
                            + " commit in the route");
        }
        if (isManual && endpoint.getEndpointUri().contains("autoCommitEnable=true")) {
            throw unsupported(
                    "autoCommitEnable",
                    true,
                    "with allowManualCommit=true only the route commits; remove one of both options");
        }
        if (isManual && isTransactional()) {
            throw unsupported(
                    "allowManualCommit",
                    true,
                    "with " + FlowClientFactory.TRANSACTIONAL
                            + "=true offsets are committed in the transaction; remove one of both options");
        }
        String brokers = endpoint.getComponent().getConfiguration().getBrokers();
        if (isTransactional() && !Objects.equals(configuration.getBrokers(), brokers)) {
            throw unsupported(
                    "brokers",
                    configuration.getBrokers(),
                    "with %s=true records and offsets are committed together, in the cluster %s; remove one of both options"
                            .formatted(FlowClientFactory.TRANSACTIONAL, brokers));
        }
    }

    private boolean isTransactional() {
        Map<String, Object> properties = endpoint.getConfiguration().getAdditionalProperties();
        return "true".equals(String.valueOf(properties.get(FlowClientFactory.TRANSACTIONAL)));
    }

    private void rejectErrors() {
        KafkaConfiguration configuration = endpoint.getConfiguration();
        if (endpoint.getComponent().getPollExceptionStrategy() != null) {
            throw unsupported(
                    "camel.component.kafka.poll-exception-strategy",
                    endpoint.getComponent().getPollExceptionStrategy(),
                    "it would replace pollOnError; remove it, and set pollOnError to RECONNECT, RETRY or STOP");
        }
        PollOnError onError = configuration.getPollOnError();
        if (!POLL_ON_ERROR.contains(onError)) {
            throw unsupported(
                    "pollOnError",
                    onError,
                    "records would be skipped; set RECONNECT, RETRY or STOP, or remove it. " + ConsumerOptions.SKIPPED);
        }
        boolean hasNoReset = "none".equalsIgnoreCase(configuration.getAutoOffsetReset());
        if (hasNoReset && onError != PollOnError.STOP) {
            throw unsupported(
                    "autoOffsetReset",
                    "none",
                    ("the consumer would fail again and again with pollOnError=%s; add pollOnError=STOP, so that it stops"
                                    + " and health reports it, or set earliest or latest")
                            .formatted(onError));
        }
        if (configuration.getAdditionalProperties().containsKey(AssignedPartitions.NAME)) {
            rejectOptionsOfGroups(configuration);
        }
    }

    private void rejectOptionsOfGroups(KafkaConfiguration configuration) {
        String manual = "with additionalProperties." + AssignedPartitions.NAME;
        if (configuration.isTopicIsPattern()) {
            throw unsupported(
                    "topicIsPattern", true, manual + " partitions are assigned by hand; list the topics by name");
        }
        if (configuration.getConsumersCount() > 1) {
            throw unsupported(
                    "consumersCount",
                    configuration.getConsumersCount(),
                    manual
                            + " each consumer would read all of these partitions; set 1, or use routes with other partitions");
        }
    }

    /**
     * Rejects properties with which the consumer cannot be created: Camel creates it on another thread, and would retry
     * forever.
     */
    private void rejectInvalidProperties(FlowClientFactory clients) {
        Properties properties = endpoint.getConfiguration().createConsumerProperties();
        properties.put(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                endpoint.getConfiguration().getBrokers());
        // With a group, Kafka's client also checks the timeouts of group members.
        properties.put(
                ConsumerConfig.GROUP_ID_CONFIG,
                Objects.requireNonNullElse(endpoint.getConfiguration().getGroupId(), routeId));
        try {
            clients.check(properties);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Route " + routeId + ": " + e.getMessage(), e);
        } catch (KafkaException e) {
            // Without the cause: its messages may quote passwords.
            String message = "Route %s: Kafka's consumer cannot be created: %s"
                    .formatted(routeId, KafkaClients.withoutSecrets(e));
            throw KafkaClients.areUnresolved(e)
                    ? new UnresolvedBrokersException(message)
                    : new IllegalArgumentException(message);
        }
    }

    private IllegalArgumentException unsupported(String option, Object value, String reason) {
        return new IllegalArgumentException(
                "Route %s: %s=%s is not supported: %s".formatted(routeId, option, shown(option, value), reason));
    }

    /** Returns the value for messages. */
    private static Object shown(String option, Object value) {
        return Secrets.isSecret(option) ? Secrets.HIDDEN : value;
    }

    /**
     * Sets the options. The flow's consumer logs a failed record and delivers it again, so Camel must neither log it
     * nor send a copy of it through the route. With breakOnFirstError, Camel would also skip the other partitions'
     * records and create a new consumer, in which no partition would be paused.
     */
    private void set() {
        KafkaConfiguration configuration = endpoint.getConfiguration();
        configuration.setAutoCommitEnable(false);
        configuration.setBreakOnFirstError(false);
        Map<String, Object> properties = configuration.getAdditionalProperties();
        properties.put(RouteControl.ROUTE, routeId);
        properties.put(FlowClientFactory.MANUAL_COMMITS, configuration.isAllowManualCommit());
        if (!(endpoint.getKafkaManualCommitFactory() instanceof RouteCommits)) {
            endpoint.setKafkaManualCommitFactory(new RouteCommits(Objects.requireNonNullElseGet(
                    endpoint.getKafkaManualCommitFactory(), DefaultKafkaManualCommitFactory::new)));
        }
        endpoint.setExceptionHandler(new QuietExceptionHandler(routeId));
    }
}
