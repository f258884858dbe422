"""The scenarios in which moto's server differs from docs/fidelity.md, with the reasons."""

from __future__ import annotations

NO_DELETION = "DeleteConnection is not implemented"
TESTED_TWICE = "testing a pair twice is an UnboundLocalError"
NOTHING_SELECTED = "filters that select nothing give an empty list"
PAGES = "MaxRecords and Marker are ignored"
AT_ONCE = "what is deleted is gone at once"
NO_CHECKS = "a call that is not as the model says ends in an internal error"

MOTO_DIFFERENCES: dict[str, str] = {
    "test_d1_a_deletion_is_answered_with_the_connection_deleting": NO_DELETION,
    "test_d2_a_pair_without_a_connection_is_not_found": NO_DELETION,
    "test_d3_a_connection_under_test_cannot_be_deleted": TESTED_TWICE,
    "test_d4_a_connection_that_is_being_deleted_cannot_be_deleted": NO_DELETION,
    "test_d5_a_connection_that_is_gone_is_not_found": NO_DELETION,
    "test_d6_an_arn_in_other_letters_is_another_arn": NO_DELETION,
    "test_d7_an_arn_of_another_region_is_not_found": NO_DELETION,
    "test_d8_a_test_makes_a_connection_anew": NO_DELETION,
    "test_d9_what_is_no_arn_of_that_kind_is_an_invalid_parameter": NO_DELETION,
    "test_t1_a_test_is_answered_with_the_connection_testing": TESTED_TWICE,
    "test_t2_a_connection_under_test_cannot_be_tested": TESTED_TWICE,
    "test_t5_a_connection_that_is_being_deleted_cannot_be_tested": NO_DELETION,
    "test_t5_an_endpoint_that_is_being_deleted_cannot_be_tested": AT_ONCE,
    "test_t5_an_instance_that_is_being_deleted_cannot_test": AT_ONCE,
    "test_q2_every_filter_and_any_of_its_values_selects": "of several filters the last one wins",
    "test_q3_filters_that_select_nothing_are_a_fault": NOTHING_SELECTED,
    "test_q3_an_endpoint_without_a_connection_is_a_fault_too": NOTHING_SELECTED,
    "test_q4_an_unknown_filter_name_is_an_invalid_parameter": (
        "an unknown filter name is a bare ValueError"
    ),
    "test_q5_a_filter_without_values_is_an_invalid_parameter": NOTHING_SELECTED,
    "test_q6_max_records_is_between_20_and_100": PAGES,
    "test_q8_an_unknown_marker_is_an_invalid_parameter": PAGES,
    "test_n1_an_endpoint_is_found_by_each_of_its_filters": (
        "an endpoint is `creating` for ever, and its type is written as it was given"
    ),
    "test_n1_filters_of_endpoints_are_refused_as_those_of_connections": NOTHING_SELECTED,
    "test_n2_filters_of_instances_that_select_nothing_are_a_fault": NOTHING_SELECTED,
    "test_n5_an_endpoint_is_described_as_deleting": AT_ONCE,
    "test_n5_an_instance_is_described_as_deleting": AT_ONCE,
    "test_n6_an_endpoint_that_is_being_deleted_cannot_be_deleted": AT_ONCE,
    "test_n6_an_instance_that_is_being_deleted_cannot_be_deleted": AT_ONCE,
    "test_w1_an_answer_has_a_request_id_a_date_and_a_content_type": (
        "an answer of moto's server says that it is HTML"
    ),
    "test_w2_a_code_that_the_model_lacks_is_a_plain_client_error": PAGES,
    "test_w3_a_body_that_is_no_json_object_cannot_be_read": NO_CHECKS,
    "test_w4_a_missing_or_mistyped_parameter_is_named": NO_CHECKS,
    "test_w5_a_target_that_names_no_operation_is_unknown": NO_CHECKS,
}
