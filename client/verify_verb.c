// SPDX-License-Identifier: Apache-2.0
// anchorhold verify: judges an enclave, or a report from a file, and no more.
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "client/floor_table.h"
#include "client/say.h"
#include "client/session_words.h"
#include "client/verbs.h"

struct words {
	struct session_words session;
	const char *what, *report; // "report" and its file, or a URL
	bool authentic_only;
};

static enum err judge_words(const struct words *w, bool *is_report)
{
	if (!w->what) {
		say_error("needs URL, or report FILE; --help says more");
		return ERR_BAD_INPUT;
	}
	*is_report = strcmp(w->what, "report") == 0;
	if (*is_report && (!w->report || !w->session.vek || !w->session.ca ||
			   (!w->session.root && !w->session.insecure_root))) {
		say_error("report needs its FILE, --vek, --ca, and --root or "
			  "--insecure-root; --help says more");
		return ERR_BAD_INPUT;
	}
	if (!*is_report && (w->report || w->session.root)) {
		say_error("a URL takes no second word and no --root; --help "
			  "says more");
		return ERR_BAD_INPUT;
	}
	if (!*is_report && !w->session.expect && !w->authentic_only) {
		say_error("a URL needs --expect; --help says more");
		return ERR_BAD_INPUT;
	}
	return OK;
}

// Without an expectation file, the published floors hold. Without a CRL, who
// asks for authenticity alone gets it with a note.
static void fill_demands(const struct words *w, struct anchorhold_demands *d)
{
	d->authentic_only = w->authentic_only;
	if (!w->session.expect)
		floor_table_fill(d->floor);
	if (w->authentic_only && !w->session.crl)
		d->allow_no_crl = true;
}

static enum err verify_report(const struct words *w, struct session_inputs *in,
			      struct anchorhold_verdict *verdict)
{
	struct file report = { 0 };

	TRY(file_read(w->report, &report));
	in->material.report =
		(struct anchorhold_bytes){ report.bytes, report.count };
	anchorhold_verify_report(&in->material, &in->expectation.demands,
				 verdict);
	file_free(&report);
	session_say(verdict, w->session.json);
	return OK;
}

static enum err verify_url(const struct words *w, struct session_inputs *in,
			   struct anchorhold_verdict *verdict)
{
	static struct http_url url;
	enum anchorhold_code code;

	TRY(session_url(w->what, &url));
	anchorhold_session_close(
		session_words_open(&w->session, in, &url, verdict, &code));
	return OK;
}

static int run(int argc, char **argv)
{
	static struct session_inputs in;
	struct anchorhold_verdict verdict = { 0 };
	struct words w = { 0 };
	const struct option options[] = {
		{ "", &w.what, NULL },
		{ "", &w.report, NULL },
		{ "--root", &w.session.root, NULL },
		{ "--authentic-only", NULL, &w.authentic_only },
		SESSION_WORDS_OPTIONS(&w.session),
	};
	bool is_report = false;
	enum err e = options_read(argc, argv, options, ARRAY_COUNT(options));

	if (e == OK)
		e = judge_words(&w, &is_report);
	if (e == OK)
		e = session_words_read(&w.session, &in);
	if (e == OK) {
		fill_demands(&w, &in.expectation.demands);
		e = is_report ? verify_report(&w, &in, &verdict)
			      : verify_url(&w, &in, &verdict);
	}
	session_inputs_free(&in);
	if (e == OK)
		return (int)verdict.code;
	return e == ERR_BAD_INPUT ? ANCHORHOLD_USAGE : ANCHORHOLD_IO;
}

const struct verb verb_verify = {
	.name = "verify",
	.summary = "judge an enclave, or a report from a file",
	.help = "Usage: anchorhold verify URL --expect FILE [OPTION...]\n"
		"       anchorhold verify report R --vek V --ca ASK --root ARK "
		"--at TIME\n"
		"         [--authentic-only] [OPTION...]\n"
		"\n"
		"Opens a session as get does, or judges a report of 1184 bytes "
		"by its\n"
		"certificates (DER or PEM), and says what holds. Without "
		"--expect, a\n"
		"report is held against the published TCB floors.\n"
		"\n"
		"  --root FILE          AMD's root (ARK); only AMD's own is "
		"taken\n"
		"  --authentic-only     leave code and isolation out; without "
		"--crl,\n"
		"                       revocation, too\n"
		"  --json               the verdict as a line of JSON on "
		"stderr\n" SESSION_WORDS_HELP "\n"
		"Example:\n"
		"  anchorhold verify report report.bin --vek vcek.der --ca "
		"ask.der \\\n"
		"    --root ark.der --at 2026-11-22T23:00:00Z "
		"--authentic-only\n"
		"\n"
		"Exit status: 0 accepted, 1 usage, 2 network or file, 10 "
		"NotAnEnclave,\n"
		"11 InvalidEnclaveCode, 12 NotIsolatedEnclave.\n",
	.run = run,
};
