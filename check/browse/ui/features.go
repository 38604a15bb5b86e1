package ui

import (
	"fmt"
	"net/url"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// feature is one thing that the page can do.
type feature struct {
	name   string
	script script
}

// place is the address of the first state of a system.
func place(scenario string, more ...string) string {
	q := url.Values{"scenario": {scenario}}
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return "/?" + q.Encode()
}

const accepted = "ticket=pac server=accept client=accept"

// steps waits until the chart has so many.
func steps(n int) func(*page) error {
	return until(fmt.Sprintf(`document.querySelectorAll('.chart > li').length === %d`, n))
}

// holds is the condition that the text of an element has a part.
func holds(selector, part string) string {
	return fmt.Sprintf(`document.querySelector(%q)?.textContent.includes(%q)`, selector, part)
}

// perform runs statements in the page, and waits for them.
func perform(js string) func(*page) error {
	return func(p *page) error {
		_, err := value[bool](p, fmt.Sprintf(`(async () => { %s; return true })()`, js))
		return err
	}
}

// features are those of the page, each from a new tab.
func features(files files) []feature {
	return []feature{
		{"steps", script{
			visit("/"),
			is(holds("#scenario-text", "A PAC is accepted")),
			is(holds("#choices", "Client sends ClientHello")),
			click("button.choice"), steps(1),
			is(`location.search.includes('path=0')`),
			is(holds(".stream", "ClientHello")),
			click("button.choice"), steps(2),
			is(holds("#ends", "AwaitServerHello")), is(holds("#ends", "AwaitChangeCipherSpecAbbreviated")),
			is(`document.querySelector('.message.sealed').textContent.includes('Finished')`),
			named("Back"), steps(1), named("Forward"), steps(2),
			perform(`history.back()`), steps(1), perform(`history.forward()`), steps(2),
			click(`.chart button.number[data-key="step-1"]`), steps(1),
			inspect("steps"),
			named("Run to end"), steps(11),
			is(`document.querySelectorAll('.end.good').length === 2`),
			is(`document.querySelectorAll('.property.holds').length > 10 && !document.querySelector('.property.violated')`),
			is(holds("#choices", "This is an end")),
			inspect("end"),
		}},
		{"address", script{
			visit(place(accepted, "path", "0.0.0")), steps(3),
			is(`location.search.includes('mark=')`),
			revisit,
			do(chromedp.Reload()), steps(3),
			visit(place(accepted, "path", "0.0", "mark", "00000000")),
			until(holds("#problem", "another version of the model")), untouched,
			refused, inspect("problem"),
			visit(place("ticket=blue")), until(holds("#problem", "ticket=blue")), refused,
		}},
		{"attacker", script{
			visit(place(accepted)), choose("budget", "1"),
			until(`new URLSearchParams(location.search).get('budget') === '1'`),
			click("button.choice.client"), steps(1),
			say("#choices .filter", "stripped"),
			until(`document.querySelectorAll('button.choice.attacker').length > 0 && [...document.querySelectorAll('button.choice.attacker')].every((b) => b.dataset.name.includes('stripped'))`),
			is(`document.activeElement.classList.contains('filter')`),
			inspect("attacker"),
			click(`button.choice.attacker[data-name="AttackerStripTicket to Server: ClientHello ticket=stripped"]`), steps(2),
			is(`document.querySelector('.box.attacker').textContent.includes('stripped')`),
			is(holds("p.attacker", "0 moves left")),
			choose("budget", "2w"), until(`new URLSearchParams(location.search).get('wire') === '1'`),
		}},
		{"scenario", script{
			visit("/"),
			focus("#scenario-button"), press(kb.Enter), until(`document.getElementById('scenario').open`),
			choose("preset", "1"), is(`document.getElementById('dimension-server').value === 'decline'`),
			inspect("scenario"),
			named("Explore it"), until(holds("#scenario-text", "A PAC is declined")),
			named("Run to end"), until(`document.querySelectorAll('.end.good').length === 2`),
			is(holds(".end.client", "secret=kx")),
			click("#scenario-button"), choose("dimension-ticket", "?"), named("Explore it"),
			until(holds("#ends", "Still open: ticket")),
			perform(`document.getElementById('scenario-button').click()`), choose("dimension-sid", "cached"), choose("dimension-ticket", "pac"), named("Explore it"),
			until(holds("#problem", "ticket=pac and sid=cached exclude each other")),
			refused,
		}},
		{"counterexample", script{
			visit(place("")), choose("mutant", "early-change-cipher-spec"),
			until(`new URLSearchParams(location.search).get('mutant') === 'early-change-cipher-spec' && new URLSearchParams(location.search).get('budget') === '1'`),
			click("#verify"), until(holds("#verified", "states")),
			is(`document.querySelectorAll('.shortest').length === 2`),
			click(`[data-property="keys-have-a-secret"] .shortest`),
			until(`document.querySelector('[data-property="keys-have-a-secret"].violated')`),
			is(`document.querySelector('.step.last .broken').textContent.includes('violates')`),
			inspect("counterexample"),
			named("Back"),
			until(`[...document.querySelectorAll('button.choice .broken')].some((b) => b.textContent.includes('keys-have-a-secret'))`),
			choose("profile", "openssl-3.2.1"), choose("mutant", ""), until(`new URLSearchParams(location.search).get('profile') === 'openssl-3.2.1'`),
		}},
		{"difference", script{
			visit(place(accepted+" sid=fresh", "path", "0.0")), click("#tab-compare"), until(`document.getElementById('compare-form')`),
			choose("other-profile", "rfc"), choose("other-mutant", "no-echo"), named("Compare"),
			until(holds("#compared", "Both take 1 of its 2 steps alike")),
			is(holds("#compared", "sid=echo")), is(holds("#compared", "sid=fresh")),
			inspect("difference"),
			click("#nearest-there"), until(`new URLSearchParams(location.search).get('mutant') === 'no-echo'`),
			is(holds(".chart", "sid=fresh")), is(`!document.getElementById('view-chart').hidden`),
			visit(place("")), click("#tab-compare"), choose("other-profile", "rfc"), choose("other-mutant", "no-echo"), named("Compare"),
			until(holds("#compared", "cannot be told apart")),
		}},
		{"graph", script{
			visit(place(accepted, "path", "0.0.0")), click("#tab-graph"),
			until(`document.querySelectorAll('#graph .node').length > 10 && document.querySelectorAll('#graph .node.path').length === 4`),
			is(holds("#graph-size", "18 states, 23 transitions")),
			is(`document.querySelectorAll('#graph .edge.path').length === 3`),
			perform(`window.before = document.querySelector('#graph g').getAttribute('transform')`),
			click("#zoom-in"), is(`document.querySelector('#graph g').getAttribute('transform') !== window.before`), click("#zoom-fit"),
			click("#visits"), until(`document.querySelectorAll('#graph .node.seen').length === 18`),
			is(holds("#visited", "60 recorded runs")),
			say("#search-text", "client=Established server=Established\r"), until(holds("#hits", "found")),
			is(`document.querySelectorAll('#graph .node.hit').length > 0`),
			inspect("graph"),
			click("#hits button"), until(`document.body.dataset.place.includes('path=0.0.0.0')`),
			focus("#graph"), press(kb.Home), press(kb.ArrowUp), until(holds("#live", "State")), until(`document.querySelector('[data-key="go-node"]')`),
			perform(`window.before = location.search`), press(kb.Enter), until(`location.search !== window.before`),
		}},
		{"large graph", script{
			visit(place("ticket=? server=? client=? keys=? sid=?", "budget", "1")), click("#tab-graph"),
			until(`Number(document.getElementById('graph').dataset.frames) > 0`),
			is(`Number(document.getElementById('graph-size').textContent.replace(/,/g, '').split(' ')[0]) > 10000`),
			perform(`window.frames_ = Number(document.getElementById('graph').dataset.frames)`), click("#zoom-in"),
			until(`Number(document.getElementById('graph').dataset.frames) > window.frames_`), click("#zoom-fit"),
			click("#visits"), until(holds("#visited", "recorded runs")),
			focus("#graph"), press(kb.ArrowDown), until(holds("#live", "State 1,")),
			inspect("large graph"),
			visit(place("", "budget", "3")), click("#tab-graph"), until(holds("#problem", "more than")), refused,
		}},
		{"implementation", script{
			visit(place(accepted)), named("Run to end"), steps(11), click("#tab-real"), click("#run-real"),
			until(holds("#real-verdict", "agree on all 11 steps")),
			is(`document.querySelectorAll('.record').length === 8`),
			is(`[...document.querySelectorAll('.record')].filter((r) => r.textContent.includes('decrypted')).length === 4`),
			click(".record summary"), until(`document.querySelector('.record[open] .dump').getBoundingClientRect().height > 0`),
			is(holds(".record[open] .parts", "session_ticket")),
			is(holds(".secrets", "master secret")),
			perform(`document.querySelector('.record[open] .parts tr:nth-child(5)').dispatchEvent(new MouseEvent('mouseenter'))`),
			is(`document.querySelectorAll('.record[open] .lit').length > 0`),
			inspect("implementation"),
			visit(place(accepted+" sid=fresh", "mutant", "no-echo", "path", "0.0")), click("#tab-real"), click("#run-real"),
			until(holds("#real-verdict", "differ at step 2")), inspect("deviation"),
		}},
		{"files", script{
			visit("/"), click("#tab-files"), until(`document.getElementById('file')`),
			upload(files.trace), until(holds("#loaded", "goes along with all")),
			is(`document.querySelectorAll('.walks > li.ok').length === 3`),
			inspect("trace"),
			click(".walks button"), until(`document.body.dataset.place.includes('path=') && !document.getElementById('view-chart').hidden`),
			click("#tab-files"), upload(files.capture), until(holds("#loaded", "TCP, 127.0.0.1")),
			is(`document.querySelectorAll('.walks > li.ok').length === 1`),
			inspect("capture"),
			click(".walks button"), until(`document.querySelectorAll('.end.good').length === 2`),
			click("#tab-graph"), until(`document.querySelectorAll('#graph .node.path').length > 5`),
			click("#tab-files"), upload(files.nothing), until(holds("#problem", "the file")), refused,
		}},
		{"keyboard", script{
			visit("/"),
			press("1"), steps(1), press("1"), steps(2), press("b"), steps(1), press("f"), steps(2), press("e"), steps(11),
			press("?"), until(`document.getElementById('help').open`), inspect("help"), press(kb.Escape), until(`!document.getElementById('help').open`),
			press("/"), until(`document.activeElement.id === 'search-text'`), press("b"), steps(11),
			visit("/"), focus("button.choice"), press(kb.Enter), steps(1), is(`document.activeElement.classList.contains('choice')`), press(kb.Enter), steps(2),
			until(holds("#live", "Step 2: Server reads ClientHello. Sends ServerHello")),
			focus("#tab-chart"), press(kb.ArrowRight), is(`document.activeElement.id === 'tab-graph' && document.getElementById('tab-graph').getAttribute('aria-selected') === 'true'`),
			perform(`window.width = document.getElementById('actions').offsetWidth`), focus("#split-left"), press(kb.ArrowRight), is(`document.getElementById('actions').offsetWidth === window.width + 20`),
			press(kb.ArrowLeft), is(`document.getElementById('actions').offsetWidth === window.width`),
			click("#help-button"), click("#keys"), press(kb.Escape), focus("#tab-chart"), press("b"), steps(2),
		}},
		{"theme", script{
			scheme("light"), visit("/"), perform(`window.colour = () => getComputedStyle(document.body).backgroundColor; window.light = window.colour()`),
			click("#theme"), is(`document.documentElement.dataset.theme === 'light' && window.colour() === window.light`),
			click("#theme"), is(`document.documentElement.dataset.theme === 'dark' && window.colour() !== window.light`),
			do(chromedp.Reload()), until(`document.documentElement.dataset.theme === 'dark' && document.body.dataset.place !== undefined`),
			click("#theme"), is(`document.documentElement.dataset.theme === 'auto'`),
		}},
		{"narrow window", script{
			do(chromedp.EmulateViewport(600, 900)), visit(place(accepted, "path", "0.0.0")), steps(3),
			is(`document.documentElement.scrollWidth <= innerWidth`), inspect("narrow"),
		}},
	}
}

// revisit goes to the first state, and then opens the address anew from which it
// went there.
func revisit(p *page) error {
	address, err := value[string](p, `location.pathname + location.search`)
	if err != nil {
		return err
	}
	return script{named("Start"), untouched, visit(address), steps(3)}.run(p)
}

// untouched waits until nothing has happened.
func untouched(p *page) error { return until(holds("#view-chart", "Nothing has happened yet"))(p) }

// upload chooses a file.
func upload(name string) func(*page) error {
	return do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{name}))
}

// refused takes note that the page has asked for something that was refused,
// which browsers tell the console.
func refused(p *page) error { return p.expect("Failed to load resource") }
