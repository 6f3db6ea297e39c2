// SPDX-License-Identifier: GPL-2.0
/*
 * Key derivation and AES: published vectors.  KDFa, KDFe and the seeds under ECC
 * keys are from the test vectors of go-tpm (validated with real TPM commands);
 * AES is SP 800-38A, appendix F; MGF1 is from the examples of PKCS #1's OAEP.
 */
#include "algo.h"

static const struct {
	u16 hash;
	const char *key, *label, *u, *v;
	unsigned int bits;
	const char *result;
} kdfa_rows[] = {
	{ VTPM_ALG_SHA1, "ff", "CFB", "86ed23c15d086e70a8eae700680e75d20cff", "51122c5879b277ff",
	  140, "0d0be71c885d10eb61f2219000885c2d7658" },
	{ VTPM_ALG_SHA1, "", "IDENTITY", "4e462df0430f697bdb85c61a4ec7628943",
	  "ff80c59598996ff148c6574472ece01c608a02", 283,
	  "04512482418b546925489d197cadb96768cfe9744a9142f1360de6021a94bc8dda277697" },
	{ VTPM_ALG_SHA1, "ff9af522feced768e90933b774c6fb35f6086054", "IDENTITY", "2a2c2392200800", "",
	  512, "04384a8ae06d793d28c402c088c29185fb6de2bb3227df9a604edf7beb2f29b4"
	       "6ff5aa66150ffcfb5d6d9130db5bc59d644c0d6259d111ed8fe8b81547d07bfe" },
	{ VTPM_ALG_SHA256, "aff14e568afc0ea51eea748c8915df067c7700", "IDENTITY",
	  "ce4edfb881540700e300", "68ddb4a0e59d74cd34dfe631d91e1ea3fbc95865440adedff7e9d011890fba",
	  116, "019ed5e0956338ddda4413ecee5cf2" },
	{ VTPM_ALG_SHA256, "ff5625623188b99180b53e96108e3e01d19c18db598631d56c", "STORAGE",
	  "ef12916d91f3ed8355f100ef7d3553ff69eb63edd59a0048eeda77", "800bce408c34f800",
	  17, "0051bb" },
	{ VTPM_ALG_SHA256, "8c9484fbda6231d9dcaff59d0c0029ce9a7a14edc868a1", "DUPLICATE",
	  "ffc39a9894705474150e59a7ff299d9c1498dfc67016d40295c3c1",
	  "2e3c4087185c623abfeafb797d60a12fc701734a0cf4", 394,
	  "03652df20ffe2e17de6df27f9673b7365e98a428578c66e409747531fc8a4055"
	  "b1dc193632985225d1c5c6a8f81cb16e0b12" },
	{ VTPM_ALG_SHA256, "e38573d849a5cfc9973f58b4535e42b7c08ef28b1b3e775375b5c66b9644be",
	  "STORAGE", "00586dccbebc998087e4", "", 552,
	  "968f349b066ed26be3bd4e78333eb5c5b51c26ea376efe5dfaf061a2cf7f5eb8"
	  "2e4fcc2a30736e30f12b48ab17efd10576a4cf33450324b3f20011628df7a07c411f8c0f6c" },
};

static const struct {
	u16 hash;
	const char *z, *label, *u, *v;
	unsigned int bits;
	const char *result;
} kdfe_rows[] = {
	{ VTPM_ALG_SHA1, "4f60ef1e20d3a266e4ed45ff", "STORAGE", "d309dcef2fb76c",
	  "81e625e75002c0596146a68669443ecbf699ff", 103, "78e19b34a31ad8723f5eb1ea1a" },
	{ VTPM_ALG_SHA1, "", "XOR", "004c8e", "2359baf8a4237c7900", 569,
	  "01277a4eca28f7f8b3ddcbcb53801e5a2e0ec9d5cd8d6b0fcfc7d241b04f1882"
	  "e96c2698200f2eb0d909a7f5620cc51eb98d4bb690eacf961cffe795d4ff32334eef3b97e0965f2b" },
	{ VTPM_ALG_SHA256, "ff8478dcf4469b9679a8e640408ae9bfb8fe02d4ee24aada", "ATH",
	  "00928a02c2f93ecaca0c", "69c45f0a7e92b5ceb1cb2f33b35966", 131,
	  "03d034219d95fb3de7b5535d6922af9693" },
	{ VTPM_ALG_SHA256, "ace0b616d2536451ca1fe0d9744107b88e5500", "IDENTITY",
	  "e5aeb5370365c400", "2e3345f6e9cca8341eb82e4098fe", 3, "07" },
	{ VTPM_ALG_SHA256, "6cbfdee9e66367b676", "STORAGE", "c303fe79ff", "79e34519a8a32f13d400", 728,
	  "e59560660988b3d66e3a76bcc96110cc199bfa0418dca315f7070619e04fa0b6"
	  "cdb2912db3786aaa34f2cad7dcee560eed2b4c3f7566e533e4a3bba9c9364397"
	  "dd2ce45a0b85dde5c83fea27b4fb20bb0125346d24e5d9321f81b2" },
};

/* a seed for a key: ECDH with its private key, then KDFe */
static const struct {
	u16 hash;
	const char *label, *x, *y, *d, *ephemeral_x, *ephemeral_y, *secret;
} secret_rows[] = {
	{ VTPM_ALG_SHA1, "IDENTITY",
	  "1199c06486c755a076ae2c8b5081af0af0f25793186a28af2962538382fc47cc",
	  "9a67815a0c2d64be0d02762dbbe03dad8eb05c461bf0209c65107575a264eeac",
	  "35fdef23376728c44689b9de18b8ce26999a2af7d988c030ce4bb19e925ff94f",
	  "1ecd7de334a8a6827e920421cdf35830d2b5bf13c1a1d44ee6a6b95b6a20257a",
	  "5bafd1ba5deb2068c64d751c37d071323942b7178e6f819180ad385e0835e36a",
	  "69f74cde5f410e943e876241bd11e940df5b4449" },
	{ VTPM_ALG_SHA256, "SECRET",
	  "f126562cedff2fa344c6234085de4250112ecf72d0714336970de012ba977da9",
	  "17436ee1160921fdd2ed033e11ba04ed0cedf2ca462246118a359f8eb469b531",
	  "b93b64cb3b88ab2992073cda3590095d4351d3c7e8c940dbbe83ba71f47e3749",
	  "544e4be9da6b7060a90307ed83cad6a9b45502f9e400bf0c3cb99f9a1dbe733b",
	  "f1186daa24d1e57d0dc7b6700d2693068c6a5cef84c57fa7cbe5c04950b024f3",
	  "cabb2edd36e5253664b558de2ddf8ac9deea99168ab0edb6c2d06a1d90c62c4e" },
	{ VTPM_ALG_SHA384, "IDENTITY",
	  "72d51078654c85db5fd8fe42e9eca7dff3f5ca464fbf1117370e47da8670da8d",
	  "d4d7f00a210e4c58537829023e2bc5be7c910a663e461d3d69c96b8061f813f2",
	  "a244908718df4c3695f2be712b4bf08022058cf2db71d8a4b86ab95dd7c7bf8a",
	  "2a2747ae88e664fd1266aacf8d1b438c1226ffdba416708367efc171af2937c6",
	  "cd8467bda798ee3a2d731c075096ae431ee88a099746450dbc0180254711ac88",
	  "9193a5751446fb0bb3b16104094cb1c2f1c7104af795f44c0d43c481c61936c3"
	  "fb62f1a776848ec22e7b0218c48ef70e" },
};

static void test_kdfs(void)
{
	u8 key[64], u[64], v[64], out[128];
	struct vtpm *tpm = algo_tpm();
	size_t i, key_len, u_len, v_len;
	char name[40];

	for (i = 0; i < ARRAY_SIZE(kdfa_rows); i++) {
		key_len = algo_hex(key, sizeof(key), kdfa_rows[i].key);
		u_len = algo_hex(u, sizeof(u), kdfa_rows[i].u);
		v_len = algo_hex(v, sizeof(v), kdfa_rows[i].v);
		vtpm_kdfa(tpm, kdfa_rows[i].hash, key, key_len, kdfa_rows[i].label, u, u_len, v,
			  v_len, out, kdfa_rows[i].bits);
		snprintf(name, sizeof(name), "KDFa, %u bits", kdfa_rows[i].bits);
		algo_is(out, DIV_ROUND_UP(kdfa_rows[i].bits, 8), kdfa_rows[i].result, name);
	}
	for (i = 0; i < ARRAY_SIZE(kdfe_rows); i++) {
		key_len = algo_hex(key, sizeof(key), kdfe_rows[i].z);
		u_len = algo_hex(u, sizeof(u), kdfe_rows[i].u);
		v_len = algo_hex(v, sizeof(v), kdfe_rows[i].v);
		vtpm_kdfe(tpm, kdfe_rows[i].hash, key, key_len, kdfe_rows[i].label, u, u_len, v,
			  v_len, out, kdfe_rows[i].bits);
		snprintf(name, sizeof(name), "KDFe, %u bits", kdfe_rows[i].bits);
		algo_is(out, DIV_ROUND_UP(kdfe_rows[i].bits, 8), kdfe_rows[i].result, name);
	}
}

static void test_secrets(void)
{
	struct vtpm *tpm = algo_tpm();
	struct vtpm_point point = {}, z;
	u8 d[32], x[32], secret[64];
	char name[60];
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(secret_rows); i++) {
		algo_hex(d, sizeof(d), secret_rows[i].d);
		algo_hex(x, sizeof(x), secret_rows[i].x);
		point.x.size = algo_hex(point.x.data, 32, secret_rows[i].ephemeral_x);
		point.y.size = algo_hex(point.y.data, 32, secret_rows[i].ephemeral_y);
		len = vtpm_digest_size(secret_rows[i].hash);
		snprintf(name, sizeof(name), "ECDH and KDFe, %s", secret_rows[i].label);
		if (vtpm_ecc_mul(tpm, VTPM_ECC_NIST_P256, d, 32, &point, &z)) {
			tap_ok(false, "%s", name);
			continue;
		}
		vtpm_kdfe(tpm, secret_rows[i].hash, z.x.data, z.x.size, secret_rows[i].label,
			  point.x.data, point.x.size, x, 32, secret, 8 * len);
		algo_is(secret, len, secret_rows[i].secret, name);
	}
}

#define AES128	"2b7e151628aed2a6abf7158809cf4f3c"
#define AES256	"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
#define IV	"000102030405060708090a0b0c0d0e0f"
#define COUNTER	"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
#define TEXT	"6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"

static const struct {
	u16 mode;
	const char *name, *key, *iv, *result;
} aes_rows[] = {
	{ VTPM_ALG_ECB, "AES-128-ECB", AES128, IV,
	  "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf" },
	{ VTPM_ALG_CBC, "AES-128-CBC", AES128, IV,
	  "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2" },
	{ VTPM_ALG_CFB, "AES-128-CFB", AES128, IV,
	  "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b" },
	{ VTPM_ALG_OFB, "AES-128-OFB", AES128, IV,
	  "3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed825" },
	{ VTPM_ALG_CTR, "AES-128-CTR", AES128, COUNTER,
	  "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff" },
	{ VTPM_ALG_ECB, "AES-256-ECB", AES256, IV,
	  "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870" },
	{ VTPM_ALG_CBC, "AES-256-CBC", AES256, IV,
	  "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d" },
	{ VTPM_ALG_CFB, "AES-256-CFB", AES256, IV,
	  "dc7e84bfda79164b7ecd8486985d386039ffed143b28b1c832113c6331e5407b" },
	{ VTPM_ALG_OFB, "AES-256-OFB", AES256, IV,
	  "dc7e84bfda79164b7ecd8486985d38604febdc6740d20b3ac88f6ad82a4fb08d" },
	{ VTPM_ALG_CTR, "AES-256-CTR", AES256, COUNTER,
	  "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5" },
};

static void aes_row(size_t row)
{
	struct vtpm_sym sym = { .alg = VTPM_ALG_AES, .mode = aes_rows[row].mode };
	bool whole = sym.mode == VTPM_ALG_ECB || sym.mode == VTPM_ALG_CBC;
	u8 key[32], iv[16], data[32], want[32];
	struct vtpm *tpm = algo_tpm();
	char name[60];

	sym.bits = 8 * algo_hex(key, sizeof(key), aes_rows[row].key);
	algo_hex(iv, sizeof(iv), aes_rows[row].iv);
	algo_hex(data, sizeof(data), TEXT);
	algo_hex(want, sizeof(want), aes_rows[row].result);
	/* in two steps: the register goes on */
	vtpm_sym_crypt(tpm, true, &sym, key, iv, data, 16);
	vtpm_sym_crypt(tpm, true, &sym, key, iv, data + 16, 16);
	algo_is(data, sizeof(data), aes_rows[row].result, aes_rows[row].name);

	algo_hex(iv, sizeof(iv), aes_rows[row].iv);
	vtpm_sym_crypt(tpm, false, &sym, key, iv, data, sizeof(data));
	snprintf(name, sizeof(name), "%s, decrypted", aes_rows[row].name);
	algo_is(data, sizeof(data), TEXT, name);

	/* a last block that is none */
	algo_hex(iv, sizeof(iv), aes_rows[row].iv);
	tap_ok(vtpm_sym_crypt(tpm, true, &sym, key, iv, data, 21) == (whole ? VTPM_RC_SIZE : 0) &&
	       (whole || !memcmp(data, want, 21)), "%s, 21 bytes", aes_rows[row].name);
}

/* PKCS #1 v2.1's worked example of OAEP, oaep-int.txt: seed and MGF1 of it */
static void test_mgf1(void)
{
	u8 seed[20], mask[107] = {};

	algo_hex(seed, sizeof(seed), "aafd12f659cae63489b479e5076ddec2f06cb58f");
	vtpm_mgf1_xor(algo_tpm(), VTPM_ALG_SHA1, seed, sizeof(seed), mask, sizeof(mask));
	algo_is(mask, sizeof(mask),
		"06e1deb2369aa5a5c707d82c8e4e9324"
		"8ac783dee0b2c04626f5aff93edcfb25"
		"c9c2b3ff8ae10e839a2ddb4cdcfe4ff4"
		"7728b4a1b7c1362baad29ab48d2869d5"
		"024121435811591be392f982fb3e87d0"
		"95aeb40448db972f3ac14eaff49c8c3b"
		"7cfc951a51ecd1dde61264", "MGF1, SHA-1");
}

int main(void)
{
	size_t i;

	test_kdfs();
	test_secrets();
	test_mgf1();
	for (i = 0; i < ARRAY_SIZE(aes_rows); i++)
		aes_row(i);
	return tap_done();
}
