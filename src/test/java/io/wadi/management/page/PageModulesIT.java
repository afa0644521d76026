package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.wadi.testing.Browser;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Modules of the dashboard in a browser, with data of the test. */
class PageModulesIT {
    private static Browser browser;

    @AutoClose
    private static PageStubs wadi;

    @BeforeAll
    static void start() throws IOException {
        browser = Browser.shared();
        wadi = new PageStubs();
    }

    @BeforeEach
    void openPage() {
        wadi.reset();
        browser.driver().get(wadi.page("localhost"));
    }

    /** The server ends each stream after a minute. */
    @Test
    void rates_areShownAfterAReconnect() {
        closePage();
        wadi.live.add(states(1_000, 500, 0));
        wadi.live.add(states(1_000, 2_500, 20));

        browser.driver().get(wadi.page("localhost"));

        browser.soon("#sources .rate", shown -> shown.isEqualTo("10/s"));
    }

    @Test
    void rates_areUnknownAfterARestart() {
        closePage();
        wadi.live.add(states(1_000, 500, 0));
        wadi.live.add(states(2_000, 2_500, 20));

        browser.driver().get(wadi.page("localhost"));

        browser.soon("#sources .main", shown -> shown.isEqualTo("20 events since the start"));
        assertThat(browser.text("#sources .rate")).isEqualTo("–");
    }

    /** Closes the page that is open: it would receive the states of the test. */
    private static void closePage() {
        browser.driver().get("about:blank");
    }

    /** Returns the states at the beginning of a stream, which the browser opens again at once. */
    private static String states(long started, long time, int events) {
        return """
                retry: 10
                event: about
                data: {}

                event: now
                data: {"started":%d,"time":%d,"health":[],"meters":{"wadi.ingest.events":{"acknowledged":%d}},\
                "routes":{"web":{"state":"Started","from":"platform-http","to":[],"group":"","topics":[],"metrics":{}}}}

                """.formatted(started, time, events);
    }

    @Test
    void largeNumbers_haveThreeSignificantDigits_withoutAnExponent() {
        assertThat(browser.run("""
                const numbers = [999999, 1500000, 123456789, 999999999, 2500000000000];
                return import('/page/format.js').then(({ count }) => numbers.map(count))""")).isEqualTo(List.of("999,999", "1.50 M", "123 M", "1,000 M", "2,500 G"));
    }

    @Test
    void numbersOfTables_areNotRounded() {
        assertThat(browser.run("""
                const numbers = [0.0004, 1234567.25, 12];
                return import('/page/format.js').then(({ exactly }) => numbers.map(exactly))""")).isEqualTo(List.of("0.0004", "1,234,567.25", "12"));
    }

    /** Keys of tables that are not UTF-8 may have the same text. */
    @Test
    void rowsWithTheSameKey_areNotAddedAgain() {
        assertThat(browser.run("""
                return import('/page/draw.js').then(({ draw, make }) => {
                  const list = make('ul');
                  for (let i = 0; i < 3; i++) {
                    draw(list, [{ key: 'k', text: 'a' }, { key: 'k', text: 'b' }], (item) => make('li', {}, item.text));
                  }
                  return list.textContent;
                })""")).isEqualTo("ab");
    }

    /** The numbers of a route change every two seconds. */
    @Test
    void buttonThatWaitsForAConfirmation_isNotReplaced() {
        assertThat(browser.run("""
                return import('/page/draw.js').then(({ confirmOn, draw, make }) => {
                  const list = make('ul');
                  const show = (rate) => {
                    draw(list, [{ key: 'k', rate }], (item) => make('li', {}, item.rate, make('button', {}, 'stop')));
                    return list.textContent;
                  };
                  const first = show('1/s ');
                  confirmOn(list.querySelector('button'), 'really stop?');
                  const pending = show('2/s ');
                  confirmOn(list.querySelector('button'), null);
                  return [first, pending, show('3/s ')];
                })""")).isEqualTo(List.of("1/s stop", "1/s really stop?", "3/s stop"));
    }

    /** The stub sends no states. */
    @Test
    void serverThatSendsNothing_isReported() {
        browser.soon("#link", shown -> shown.isEqualTo("no data from Wadi"));
        assertThat(browser.text("#headline-title")).isEqualTo("No data from the pipeline");
    }

    /** Otherwise a page would wait for a server that has stopped responding, also once it responds again. */
    @Test
    void session_isLoadedWithATimeout() {
        assertThat(browser.run("""
                return import('/page/session.js').then(({ reloadLater }) => new Promise((resolve) => {
                  window.fetch = (path, options) => {
                    if (path === 'api/session') {
                      resolve(options.signal instanceof AbortSignal);
                    }
                    return Promise.reject(new Error('no response'));
                  };
                  reloadLater();
                }))""")).isEqualTo(true);
    }

    /** Otherwise a part of the page would show that it is loading until the page is opened again. */
    @Test
    void read_hasATimeout_andAnInterruptedResponseIsAProblem() {
        assertThat(browser.run("""
                return import('/page/session.js').then(({ request }) => {
                  let signal = null;
                  window.fetch = (path, options) => {
                    signal = options.signal;
                    return Promise.resolve(new Response('{"rows":['));
                  };
                  return request('tables').then(({ body, problem }) => [signal instanceof AbortSignal, body, problem]);
                })""")).isEqualTo(Arrays.asList(true, null, "Wadi does not respond"));
    }

    /** Holds the page's requests for paths with a text until the script calls {@code answer(path, body)}. */
    private static void hold(String part) {
        browser.run("""
                const [part] = arguments;
                const real = window.fetch;
                window.held = {};
                window.answer = (path, body) =>
                  held[path]({ ok: true, status: 200, json: () => Promise.resolve(body) });
                window.fetch = (path, ...rest) =>
                  path.includes(part) ? new Promise((resolve) => (held[path] = resolve)) : real(path, ...rest);
                // Ends after the tasks that follow from responses.
                window.settled = () => new Promise((resolve) => setTimeout(resolve));""", part);
    }

    @Test
    void recordsOfAnEarlierRequest_areNotShown() {
        hold("/records?");

        assertThat(browser.run("""
                const found = (offset) => ({
                  partitions: [{ partition: 0, begin: 0, end: 2 }],
                  records: [{ partition: 0, offset, key: null, value: 'at ' + offset, headers: [], bytes: 4, time: 0 }],
                });
                return Promise.all([import('/page/state.js'), import('/page/topics.js')])
                  .then(([{ known }, { drawTopics, form }]) => {
                    known.lag = { time: 1, groups: [], topics: { orders: { partitions: 1, end: 2, rate: 0 } } };
                    drawTopics();
                    document.querySelector('[data-action=records]').click();
                    form.from.value = 'offset';
                    form.offset.value = '1';
                    document.getElementById('records-form').requestSubmit();
                    answer('api/topics/orders/records?limit=50&offset=1', found(1));
                    answer('api/topics/orders/records?limit=50', found(0));
                    return settled();
                  })
                  .then(() => document.querySelector('#records-rows .preview').textContent);""")).isEqualTo("at 1");
    }

    @Test
    void deadLettersOfAnEarlierRequest_areNotShown() {
        hold("/dead-letters?");

        assertThat(browser.run("""
                const found = (...causes) => ({
                  deadLetters: causes.length,
                  groups: causes.map((cause) => ({ cause, route: 'r', topic: 't', count: 1, first: 0, last: 0 })),
                });
                return import('/page/dead-letters.js')
                  .then(({ drawDeadLetters }) => {
                    drawDeadLetters();
                    const form = document.getElementById('dead-letters-form');
                    form.elements.cause.value = 'x';
                    form.requestSubmit();
                    answer('api/dead-letters?cause=x', found('x'));
                    answer('api/dead-letters?max=20000', found('x', 'y'));
                    return settled();
                  })
                  .then(() => document.getElementById('dead-letters-status').textContent);""")).isEqualTo("1 dead letter of 1 cause, newest first.");
    }

    /** The automatic request for a large topic returns only the number of its dead letters. */
    @Test
    void requestedDeadLetters_areShown_thoughTheirTopicGrowsMeanwhile() {
        hold("/dead-letters?");

        assertThat(browser.run("""
                const groups = [{ cause: 'x', route: 'r', topic: 't', count: 1, first: 0, last: 0 }];
                return Promise.all([import('/page/state.js'), import('/page/dead-letters.js')])
                  .then(async ([{ known }, { drawDeadLetters }]) => {
                    const grow = (end) => {
                      known.about = { deadLetters: 'dead' };
                      known.lag = { time: end, groups: [], topics: { dead: { end } } };
                      drawDeadLetters();
                    };
                    grow(1);
                    answer('api/dead-letters?max=20000', { deadLetters: 30000 });
                    await settled();
                    document.getElementById('dead-letters-form').requestSubmit();
                    grow(2);
                    answer('api/dead-letters?', { deadLetters: 1, groups });
                    await settled();
                    return document.getElementById('dead-letters-status').textContent;
                  });""")).isEqualTo("1 dead letter of 1 cause, newest first.");
    }

    /** Otherwise an earlier state could be shown until the next change. */
    @Test
    void alerts_areRequestedOneAtATime() {
        hold("api/alerts");

        assertThat(browser.run("""
                const found = (count) => ({ count, active: [], changes: [], unreadable: 0 });
                const shown = [];
                return Promise.all([import('/page/state.js'), import('/page/alerts.js')])
                  .then(async ([{ known }, { drawAlerts }]) => {
                    known.about = { alerts: 'alerts' };
                    for (const end of [1, 2]) {
                      known.lag = { time: end, groups: [], topics: { alerts: { end } } };
                      drawAlerts();
                    }
                    answer('api/alerts', found(1));
                    delete held['api/alerts'];
                    await settled();
                    shown.push(document.getElementById('alerts-count').textContent);
                    drawAlerts();
                    answer('api/alerts', found(2));
                    await settled();
                    shown.push(document.getElementById('alerts-count').textContent);
                    return shown;
                  });""")).isEqualTo(List.of("1", "2"));
    }

    /** Names of fields may come from clients: a column for each would have the browser draw millions of cells. */
    @Test
    void valuesWithManyFields_areShownInOneColumn() {
        assertThat(browser.run("""
                const value = Object.fromEntries(Array.from({ length: 51 }, (_, i) => ['f' + i, i]));
                const table = { kind: 'table', file: 'shop', partitions: [], rows: [{ key: 'k', value }] };
                const body = (path) => Promise.resolve(path === 'tables' ? [{ name: 't' }] : table);
                const real = window.fetch;
                window.fetch = (path, ...rest) =>
                  path.startsWith('tables')
                    ? Promise.resolve({ ok: true, status: 200, json: () => body(path) })
                    : real(path, ...rest);
                document.getElementById('tables-form').requestSubmit();
                return new Promise((resolve) => setTimeout(resolve))
                  .then(() => [...document.querySelectorAll('#tables-head th')].map((each) => each.textContent));""")).isEqualTo(List.of("Key", "Value"));
    }

    /** A masked value is a text. */
    @Test
    void alertWithAValueThatIsNoNumber_isShown_andTheOthersToo() {
        hold("api/alerts");

        assertThat(browser.run("""
                const alert = (id, value) => ({ id, rule: id, state: 'firing', host: 'h', value, threshold: 0.5 });
                const found = { count: 2, active: [alert('a', 'high'), alert('b', 0.75)], changes: [], unreadable: 0 };
                return Promise.all([import('/page/state.js'), import('/page/alerts.js')])
                  .then(([{ known }, { drawAlerts }]) => {
                    known.about = { alerts: 'alerts' };
                    known.lag = { time: 1, groups: [], topics: { alerts: { end: 1 } } };
                    drawAlerts();
                    answer('api/alerts', found);
                    return settled();
                  })
                  .then(() => [...document.querySelectorAll('#alerts-rows td.n')].map((each) => each.textContent));""")).isEqualTo(List.of("\"high\" / 0.5", "0.75 / 0.5"));
    }

    /** The session's cookie is that of the last login in this browser, such as in another tab. */
    @Test
    void changeRejectedForItsSession_loadsTheSessionAgain() {
        assertThat(browser.run("""
                const paths = [];
                const real = window.fetch;
                window.fetch = (path, ...rest) => {
                  paths.push(path);
                  return path === 'connectors/r/pause'
                    ? Promise.resolve({ ok: false, status: 403, json: () => Promise.resolve({ message: 'rejected' }) })
                    : real(path, ...rest);
                };
                return import('/page/session.js')
                  .then(({ change }) => change('PUT', 'connectors/r/pause'))
                  .then(({ problem }) => [problem, ...paths]);""")).asInstanceOf(LIST).contains("rejected", "connectors/r/pause", "api/session");
    }

    @Test
    void rowsBeyondTheLimit_areReported() {
        assertThat(browser.run("""
                const names = Array.from({ length: 501 }, (_, i) => 'n' + i);
                const idle = { lag: 0, status: 'OK', type: 'Classic', state: 'Stable', topics: [] };
                const text = (id) => document.getElementById(id).textContent;
                const parts = ['state', 'topics', 'groups'].map((name) => import(`/page/${name}.js`));
                return Promise.all(parts).then(([{ known }, { drawTopics }, { drawGroups }]) => {
                  const topics = Object.fromEntries(names.map((name) => [name, { partitions: 1, end: 0, rate: 0 }]));
                  known.lag = { time: 1, topics, groups: names.map((name) => ({ group: name, ...idle })) };
                  drawTopics();
                  drawGroups();
                  const all = [text('topics-count'), text('groups-count')];
                  document.getElementById('topics-filter').value = 'n50';
                  drawTopics();
                  return [...all, text('topics-count')];
                });""")).isEqualTo(List.of("501, 500 shown", "501, 500 shown", "2 of 501"));
    }

    /** The history of a new stream contains only the groups with the largest lag. */
    @Test
    void historyOfAGroupThatTheServerOmits_isKept() {
        assertThat(browser.run("""
                return Promise.all([import('/page/groups.js'), import('/page/state.js')]).then(([groups, state]) => {
                  groups.replaceHistory({ times: [1, 2], groups: { large: [70, 80] } });
                  for (const time of [3, 4]) {
                    groups.remember({ time, groups: [{ group: 'large', lag: 90 }, { group: 'small', lag: time }] });
                  }
                  groups.replaceHistory({ times: [2, 3, 4, 5], groups: { large: [80, 90, 90, 95] } });
                  groups.remember({ time: 5, groups: [{ group: 'large', lag: 95 }, { group: 'small', lag: 6 }] });
                  return JSON.stringify(state.known.history.groups);
                });""")).isEqualTo("{\"large\":[80,90,90,95],\"small\":[null,3,4,6]}");
    }

    @Test
    void clusterWithoutTopics_isNotShownAsUnknown() {
        assertThat(browser.run("""
                return Promise.all([import('/page/state.js'), import('/page/topics.js')])
                  .then(([{ known }, { drawTopics }]) => {
                    const shown = () => {
                      drawTopics();
                      return document.getElementById('topics-rows').textContent;
                    };
                    const before = shown();
                    known.lag = { time: 1, groups: [], topics: {} };
                    return [before, shown()];
                  });""")).isEqualTo(List.of("Querying Kafka …", "There are no topics."));
    }

    @Test
    void numberOfReplays_isSingularForOne() {
        hold("/dead-letters");

        assertThat(browser.run("""
                const group = { cause: 'x', route: 'r', topic: 't', count: 1, first: 0, last: 0 };
                const record = {
                  at: 'd-0@1', from: 't-0@2', kind: 'K', message: 'm', attempts: 1, key: null, value: 'v', headers: [],
                  bytes: 1, time: 0,
                };
                return import('/page/dead-letters.js').then(async ({ drawDeadLetters }) => {
                  drawDeadLetters();
                  answer('api/dead-letters?max=20000', { deadLetters: 1, groups: [group] });
                  await settled();
                  document.querySelector('#dead-letters-rows [data-action=show]').click();
                  answer(Object.keys(held).find((path) => path.includes('/records?')), { records: [record] });
                  await settled();
                  return document.getElementById('dead-letter-rows').textContent;
                });"""))
                .asString()
                .contains("d-0@1, replayed 1 time")
                .doesNotContain("1 times");
    }
}
