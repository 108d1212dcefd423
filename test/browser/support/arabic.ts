import type { FormStrings } from '../../../src/form/strings/en.ts';

/** Texts as a site with an Arabic page would give them, to see the form from right to left. */
export const arabic: Partial<FormStrings> = {
  title: 'اطلب منا الاتصال بك',
  intro: 'اترك رقمك وستتصل بك {organization}.',
  optional: 'اختياري',
  topic: 'ما موضوع المكالمة؟',
  name: 'اسمك',
  country: 'البلد',
  phone: 'رقم الهاتف',
  phoneHint: 'مع رمز المنطقة. المسافات والأقواس والشرطات مسموح بها.',
  phoneEmpty: 'أدخل الرقم الذي نتصل به.',
  when: 'متى نتصل بك؟',
  whenNow: 'في أقرب وقت ممكن',
  whenSlot: 'في وقت يناسبني',
  waitNow: 'مدة الانتظار الآن حوالي {wait}.',
  day: 'اليوم',
  time: 'الوقت',
  timesIn: 'الأوقات حسب منطقتك الزمنية، {zone}.',
  reason: 'كيف يمكننا مساعدتك؟',
  reasonHint: 'لا تكتب كلمات المرور ولا أرقام البطاقات.',
  consentEmpty: 'ضع علامة في المربع: بدون موافقتك لا يمكننا الاتصال بك.',
  submit: 'اتصلوا بي',
  acceptedTitle: 'سنتصل بك',
  acceptedNow: 'سنتصل بالرقم {phone} بمجرد أن يتوفر أحد الموظفين.',
};
