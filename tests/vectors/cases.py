# SPDX-License-Identifier: Apache-2.0
"""Every vector: what must pass, then what each check refuses."""

import cases_chain
import cases_form
import cases_good
import cases_isolation
import cases_report

GROUPS = (
    cases_good.good_reports, cases_good.good_evidence,
    cases_form.forms, cases_form.report_forms,
    cases_chain.bad_veks, cases_chain.bad_authorities, cases_chain.bad_chains,
    cases_report.report_bonds,
    cases_form.bindings,
    cases_chain.revocation,
    cases_isolation.code, cases_isolation.isolation, cases_isolation.platform,
    cases_isolation.policies)


def all_cases():
    for group in GROUPS:
        yield from group()
