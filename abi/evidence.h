// SPDX-License-Identifier: Apache-2.0
// The form of the evidence, for who makes it (attest/) and who judges it
// (client/). docs/evidence.md has the whole of it and a worked vector. All CBOR
// is deterministic (RFC 8949, 4.2.1).
#pragma once

#define EVIDENCE_HASH_BYTES 32 // SHA-256
#define EVIDENCE_NONCE_BYTES 32
#define EVIDENCE_EXPORTER_BYTES 32

// REPORT_DATA = SHA-512 of
//
//	report-preimage = [
//	  "anchorhold-evidence-v1",
//	  spki_sha256: bstr .size 32,   ; of the leaf's SubjectPublicKeyInfo
//	  policy_sha256: bstr .size 32, ; of the policy's bytes
//	  app_sha256: bstr .size 32,    ; of the app's bytes
//	  profile: uint,
//	  root: bstr .size 32 / null,   ; null: boot form
//	]
#define EVIDENCE_PREIMAGE_LABEL "anchorhold-evidence-v1"
#define EVIDENCE_PREIMAGE_ITEMS 6
#define EVIDENCE_PREIMAGE_LIMIT 192 // bytes

// profile, as kernel/profile.h numbers it.
#define EVIDENCE_PROFILE_PRODUCTION 1
#define EVIDENCE_PROFILE_DEVELOPMENT 2

// root is the root of a Merkle tree shaped as RFC 9162, 2.1.1 has it, of one
// leaf for each session that shares the report:
//
//	leaf = SHA-256(00 || CBOR [
//	  "anchorhold-session-v1",
//	  nonce: bstr .size 32,
//	  exporter: bstr .size 32, ; of the session, RFC 8446, 7.5
//	])
//	node = SHA-256(01 || left || right)
#define EVIDENCE_LEAF_LABEL "anchorhold-session-v1"
#define EVIDENCE_LEAF_ITEMS 3
#define EVIDENCE_LEAF_PREFIX 0x00
#define EVIDENCE_NODE_PREFIX 0x01
#define EVIDENCE_LEAF_BYTES_LIMIT 128 // of what is hashed
#define EVIDENCE_TREE_LIMIT 1024      // leaves
#define EVIDENCE_PATH_LIMIT 10        // nodes from a leaf to the root

// The exporter's label; its context is the nonce.
#define EVIDENCE_EXPORTER_LABEL "EXPERIMENTAL anchorhold evidence v1"

// The envelope is a CMW collection of CMW records (RFC 9999, 3.1 and 3.3), as
// CBOR or as JSON:
//
//	evidence = {
//	  "claims": ["application/vnd.anchorhold.claims+cbor", bytes],
//	  "report": ["application/vnd.amd.sev-snp.attestation-report", bytes],
//	  ? "certificates": ["application/vnd.amd.ghcb.guid-table", bytes],
//	}
//
// In the leaf it is the `cbor` choice of the id-pe-cmw extension. The table of
// certificates (AMD 56421, 4.1.8.1) has the VCEK or VLEK and the ASK or ASVK,
// never the ARK.
#define EVIDENCE_LABEL_CLAIMS "claims"
#define EVIDENCE_LABEL_REPORT "report"
#define EVIDENCE_LABEL_CERTIFICATES "certificates"
#define EVIDENCE_TYPE_CLAIMS "application/vnd.anchorhold.claims+cbor"
#define EVIDENCE_TYPE_REPORT "application/vnd.amd.sev-snp.attestation-report"
#define EVIDENCE_TYPE_CERTIFICATES "application/vnd.amd.ghcb.guid-table"
#define EVIDENCE_TYPE_CBOR "application/cmw+cbor"
#define EVIDENCE_TYPE_JSON "application/cmw+json"
#define EVIDENCE_CERTIFICATES_LIMIT 8192 // bytes of the table

// What the report's REPORT_DATA is made of, and this session's place under it:
//
//	claims = {
//	  1: profile, 2: spki_sha256, 3: policy_sha256, 4: app_sha256, 5: root,
//	  ? ( 6: index: uint, 7: size: uint, 8: path: [* bstr .size 32] )
//	}
//
// The boot form has no 6, 7 and 8; the session form has them all. The path goes
// from the leaf's sibling upward; its length follows from index and size.
enum evidence_claim {
	EVIDENCE_CLAIM_PROFILE = 1,
	EVIDENCE_CLAIM_SPKI_SHA256 = 2,
	EVIDENCE_CLAIM_POLICY_SHA256 = 3,
	EVIDENCE_CLAIM_APP_SHA256 = 4,
	EVIDENCE_CLAIM_ROOT = 5,
	EVIDENCE_CLAIM_INDEX = 6,
	EVIDENCE_CLAIM_SIZE = 7,
	EVIDENCE_CLAIM_PATH = 8,
};
#define EVIDENCE_CLAIMS_BOOT 5
#define EVIDENCE_CLAIMS_SESSION 8
#define EVIDENCE_CLAIMS_LIMIT 640 // bytes
